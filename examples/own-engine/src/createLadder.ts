import {
  type Amount,
  applyIntents,
  type Frame,
  type Intent,
  InvalidInputError,
  least,
  mulDivDown,
  numberFromRaw,
  numberFromWad,
  type Plan,
  priceFromNumber,
  priceOf,
  type RebalanceEngine,
  sameAddress,
  usd,
  valueUp,
} from '@plimsoll/domain'
import type { Assessment } from '@plimsoll/risk'

const NAME = 'ladder'
const REPAYMENT_GAS = 300_000n

/**
 * Creates an engine that repays in fixed parts: one for each rung that the health factor has fallen through.
 *
 * It knows no target and never sells. An engine has no memory, so what it has spent already is read off the frame: the
 * budget less what the owner still holds of its token. A restart changes nothing.
 *
 * @param p.rungs - Health factors, falling. Each frees an equal part of the budget.
 * @param p.budget - What the owner's wallet held for this at the start, in the token that is owed.
 * @throws InvalidInputError when the rungs do not fall or one is at or below 1.
 */
export function createLadder(p: {
  readonly rungs: readonly number[]
  readonly budget: Amount
}): RebalanceEngine<Assessment> {
  const { rungs, budget } = p
  const { token } = budget
  assertFalling(rungs)
  const hold = (why: string): Plan => ({ engine: NAME, actions: [], why: `Hold: ${why}.` })
  const rawOf = (amounts: readonly Amount[]): bigint =>
    amounts.find((each) => sameAddress(each.token.address, token.address))?.raw ?? 0n

  return {
    name: NAME,
    plan(frame, assessment) {
      const weakest = assessment.domains.find(({ domain }) => domain === assessment.weakest)
      const loan = frame.lending.find(({ domain }) => domain === assessment.weakest)
      if (weakest === undefined || loan === undefined) return hold('no loan is open')
      const health = weakest.healthFactor

      const passed = rungs.filter((rung) => health < rung).length
      const held = rawOf(frame.portfolio.spot)
      const freed = mulDivDown(budget.raw, BigInt(passed), BigInt(rungs.length))
      const due = freed - (budget.raw - held)
      const raw = least(due, held, rawOf(loan.debt))
      const place = `health ${health.toFixed(3)}, ${passed} of ${rungs.length} rungs passed`
      if (raw <= 0n) return hold(`${place} and paid for`)

      const intent: Intent = {
        type: 'repay',
        venue: loan.venue,
        domain: loan.domain,
        token,
        raw,
      }
      const why = `Repay ${numberFromRaw(raw, token.decimals).toFixed(0)} ${token.symbol}: ${place}.`
      return {
        engine: NAME,
        actions: [
          {
            type: 'repay',
            domain: loan.domain,
            intents: [intent],
            settlement: 'direct',
            flashLoan: null,
            cost: { slippage: usd(0n), fees: usd(0n), gas: gasOf(frame) },
            healthBefore: health,
            healthAfter: numberFromWad(applyIntents(loan, [intent]).healthFactor),
            why,
          },
        ],
        why,
      }
    },
  }
}

/** [USD 1e8] */
const gasOf = ({ block, marketPrices }: Frame) =>
  valueUp(REPAYMENT_GAS * block.gasPrice, 18, priceFromNumber(priceOf('ETH', marketPrices)))

function assertFalling(rungs: readonly number[]): void {
  const falls = rungs.every(
    (rung, i) => rung > 1 && rung < (rungs[i - 1] ?? Number.POSITIVE_INFINITY),
  )
  if (falls && rungs.length > 0) return
  throw new InvalidInputError({
    field: 'rungs',
    found: rungs.join(', ') || 'none',
    allowed: 'health factors above 1, each below the one before it',
  })
}
