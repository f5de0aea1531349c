import type { Action, Frame } from '@plimsoll/domain'
import { domainOf, enter, openLedger } from './Ledger.ts'

/**
 * The frame as planned actions would leave it: positions, margin domains and what is left of the wallet.
 *
 * Prices and depth stay: what the actions do to the market is left to the next frame.
 */
export function projectFrame(frame: Frame, actions: readonly Action[]): Frame {
  if (actions.length === 0) return frame
  const { spot } = frame.portfolio
  let ledger = openLedger(
    frame,
    spot.map(({ token }) => token.address),
  )
  for (const action of actions) ledger = enter(ledger, action, null)
  const lending = frame.lending.flatMap(({ domain }) => {
    const position = ledger.positions.get(domain)
    return position?.type === 'lending' ? [position] : []
  })
  const perps = frame.perps.flatMap(({ domain }) => {
    const position = ledger.positions.get(domain)
    return position?.type === 'perp' ? [position] : []
  })
  const left = new Map(ledger.reserve)
  return {
    ...frame,
    lending,
    perps,
    portfolio: {
      domains: frame.portfolio.domains.map(({ id }) => domainOf(ledger, id)),
      spot: spot.map((held) => {
        const key = held.token.address.toLowerCase()
        const raw = left.get(key) ?? 0n
        left.set(key, 0n) // a token that is listed twice is counted once
        return { ...held, raw }
      }),
    },
  }
}
