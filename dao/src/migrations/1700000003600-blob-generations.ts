import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tells bytes that were removed and stored again from those that a reader has looked at. */
export class BlobGenerations1700000003600 implements MigrationInterface {
  readonly name = 'BlobGenerations1700000003600';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `ALTER TABLE "blob" ADD "generation" bigint NOT NULL DEFAULT (pg_current_xact_id()::text::bigint)`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "blob" DROP COLUMN "generation"`);
  }
}
