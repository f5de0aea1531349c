import { type BudgetStore, type Usd, usd } from '@plimsoll/domain'
import { type BypassWallet, leftIn } from './BypassWallet.ts'

/**
 * Fills a wallet from the fleet's bypass budget, ahead of need; once it is empty, with up to as much again, as far as
 * the slot has any left.
 *
 * The same lease is asked for until it is used up or expires, so a restart fills nothing twice. What was drawn must have been told by
 * then: a new lease takes the place of the old one.
 *
 * @param p.skewMs - How far the agent's clock may be behind the store's: the wallet closes by so much earlier.
 * @returns What the wallet may spend. [USD 1e8]
 */
export async function leaseBypass(p: {
  readonly store: BudgetStore
  readonly wallet: BypassWallet
  readonly agent: string
  readonly asset: string
  readonly venue: string
  readonly amount: Usd
  readonly skewMs: number
}): Promise<Usd> {
  const { store, wallet, agent, asset, venue, amount } = p
  const key = { asset, venue, purpose: 'bypass' } as const
  const held = wallet.read().find((each) => each.asset === asset && each.venue === venue)
  const [status] = await store.status([key])
  if (status === undefined) return usd(0n)
  const first = `${agent}/bypass/${status.slot}`
  const isOfSlot = held?.lease.replace(/\++$/, '') === first
  if (held !== undefined && leftIn(held) > 0n)
    if (isOfSlot || status.now < held.expiresAt) return held.granted
  const answer = await store.request({
    key,
    id: held !== undefined && isOfSlot ? `${held.lease}+` : first,
    agent,
    amount,
    least: usd(0n),
    urgency: 1,
    budget: status.terms.limit,
  })
  if (answer.type !== 'granted') return usd(0n)
  const { lease } = answer
  wallet.fill({
    asset,
    venue,
    lease: lease.id,
    granted: usd(lease.granted - lease.spent), // a wallet that was lost may not spend again what it told of
    expiresAt: lease.expiresAt - p.skewMs,
    draws: {},
  })
  return usd(lease.granted - lease.spent)
}

/**
 * Tells the shared store what was drawn, so that all see it in the fleet's own impact. Safe to repeat. What has expired by then is
 * not told: it was never available to others while it could be drawn.
 *
 * @param told - Draws that need not be told again; those told now are added.
 */
export async function reportBypass(
  store: BudgetStore,
  wallet: BypassWallet,
  told: Set<string> = new Set(),
): Promise<void> {
  for (const { asset, venue, lease, draws } of wallet.read())
    for (const [id, amount] of Object.entries(draws)) {
      const name = `${lease} ${id}`
      if (told.has(name)) continue
      await store.spend({ key: { asset, venue, purpose: 'bypass' }, lease, id, amount })
      told.add(name)
    }
}
