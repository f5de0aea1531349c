import {
  applyIntents,
  type Intent,
  least,
  numberFromRaw,
  numberFromWad,
  type Plan,
  priceFromNumber,
  priceOf,
  rawFromNumber,
  sameAddress,
  type Token,
  usd,
  valueUp,
} from '@plimsoll/domain'
import { createCaps, DEFAULT_CAPS } from '@plimsoll/governor'
import type { AgentPolicy } from '@plimsoll/kernel'
import { amountToReach, assess, DEFAULT_ASSESS_CONFIG } from '@plimsoll/risk'

const ENGINE = 'floor'
const REPAYMENT_GAS = 300_000n

/** What the guardian holds its one loan to. */
export type Floor = {
  /** Health factor below which it repays. */
  readonly floor: number
  /** Health factor it repays to. */
  readonly target: number
  /** Token that is owed, and kept in the owner's wallet to repay with. */
  readonly reserve: Token
}

/** What: below the floor, repay from the reserve as much as reaches the target. Pure, and without memory. */
export function createPolicy({ floor, target, reserve }: Floor): AgentPolicy {
  const governor = createCaps(DEFAULT_CAPS)
  const isReserve = (amount: { readonly token: Token }): boolean =>
    sameAddress(amount.token.address, reserve.address)
  const hold = (why: string): Plan => ({ engine: ENGINE, actions: [], why })

  return {
    assess: (seen) => assess({ ...seen, config: DEFAULT_ASSESS_CONFIG }),

    plan({ frame, assessment }) {
      const { block, lending, portfolio, oraclePrices } = frame
      const [loan] = lending
      const [domain] = portfolio.domains
      const health = assessment.domains[0]?.healthFactor
      if (loan === undefined || domain === undefined || health === undefined)
        return hold('there is no loan')
      if (health >= floor) return hold(`health ${health.toFixed(3)}`)

      const units = amountToReach({
        margin: domain.margin(oraclePrices),
        target,
        perUnit: { backing: 0, requirement: -priceOf(reserve.asset, oraclePrices) },
      })
      const raw = least(
        rawFromNumber(units ?? 0, reserve.decimals),
        loan.debt.find(isReserve)?.raw ?? 0n,
        portfolio.spot.find(isReserve)?.raw ?? 0n,
      )
      if (raw === 0n) return hold(`health ${health.toFixed(3)}, and no reserve is left`)

      const intent: Intent = {
        type: 'repay',
        venue: loan.venue,
        domain: loan.domain,
        token: reserve,
        raw,
      }
      const gas = valueUp(
        REPAYMENT_GAS * block.gasPrice,
        18,
        priceFromNumber(priceOf('ETH', oraclePrices)),
      )
      const healthAfter = numberFromWad(applyIntents(loan, [intent]).healthFactor)
      const why = `repay ${numberFromRaw(raw, reserve.decimals).toFixed(0)} ${reserve.symbol}: health ${health.toFixed(3)} is below ${floor}`
      return {
        engine: ENGINE,
        actions: [
          {
            type: 'repay',
            domain: loan.domain,
            intents: [intent],
            settlement: 'direct',
            flashLoan: null,
            cost: { slippage: usd(0n), fees: usd(0n), gas },
            healthBefore: health,
            healthAfter,
            why,
          },
        ],
        why,
      }
    },

    govern: (proposal) => governor.grant(proposal),
  }
}
