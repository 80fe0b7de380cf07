import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The keys with which an installation has encrypted, so that no process begins with others. */
export class EncryptionKeys1700000003410 implements MigrationInterface {
  readonly name = 'EncryptionKeys1700000003410';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE "encryption_key" (
         "id"        text NOT NULL,
         "proof"     text NOT NULL,
         "createdAt" timestamptz NOT NULL DEFAULT now(),
         CONSTRAINT "encryption_key_pkey" PRIMARY KEY ("id")
       )`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "encryption_key"`);
  }
}
