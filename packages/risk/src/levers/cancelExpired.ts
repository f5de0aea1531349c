import type { PerpPosition } from '@plimsoll/domain'
import { describePending } from '../describe.ts'
import type { Ledger } from '../Ledger.ts'
import { type Step, stepOf } from '../Lever.ts'

/** Withdraws a trade that nobody filled in time: until then the account takes no margin and gives none. */
export function cancelExpired(ledger: Ledger, position: PerpPosition): Step {
  const { pending, venue, domain } = position
  const now = ledger.frame.block.timestamp
  if (pending === null || now <= pending.expiresAt)
    return { type: 'skip', why: `cancel: no trade of ${domain} has expired` }
  return stepOf(
    { ledger, domain },
    {
      type: 'cancel',
      intents: [{ type: 'cancel', venue, domain, market: pending.market }],
      settlement: 'direct',
      flashLoan: null,
      slippage: 0,
      fees: 0,
      market: null,
      why: () =>
        `Cancel the order of ${domain} to ${describePending(pending)}: it is ${now} and nobody filled it.`,
    },
  )
}
