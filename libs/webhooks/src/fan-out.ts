import { transaction, type DataSource, type LoggedEvent } from '@cairn/dao';

/** Positions that one look goes over, and deliveries that it makes, at most: a transaction stays short. */
const STRETCH = 10_000;
const BATCH = 200;

/** What is sent of an event: its envelope, as JSON. */
export type Render = (event: LoggedEvent) => string;

/**
 * Gives one webhook that is behind its tenant's log deliveries of the next events that it wants. Deliveries and the
 * place that it has reached are one transaction, so whatever dies, each event has its delivery once. Several processes
 * may do this at once: each has another webhook.
 *
 * @returns whether there was one that was behind
 */
export async function fanOutOnce(dataSource: DataSource, render: Render): Promise<boolean> {
  return transaction(dataSource, async ({ webhooksAcrossTenants }) => {
    const behind = await webhooksAcrossTenants.lockBehind();
    if (!behind) return false;
    const { webhook, head } = behind;
    const to = Math.min(head, webhook.position + STRETCH);
    const wanted = await webhooksAcrossTenants.findWanted(webhook, to, BATCH);
    for (const event of wanted) await webhooksAcrossTenants.insertDelivery(webhook, event, render(event));
    await webhooksAcrossTenants.advance(webhook, wanted.length < BATCH ? to : wanted.at(-1)!.position);
    return true;
  });
}
