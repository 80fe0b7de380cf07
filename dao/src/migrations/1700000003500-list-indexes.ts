import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Lists of runs by their status or workflow, whose pages cost the same however many runs there are. */
export class ListIndexes1700000003500 implements MigrationInterface {
  readonly name = 'ListIndexes1700000003500';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE INDEX "run_tenant_status_idx" ON "run" ("tenantId", "status", "createdAt", "id")`,
    );
    await queryRunner.query(
      `CREATE INDEX "run_tenant_workflow_idx" ON "run" ("tenantId", "workflowName", "createdAt", "id")`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX "run_tenant_status_idx", "run_tenant_workflow_idx"`);
  }
}
