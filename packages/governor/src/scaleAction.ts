import {
  type Action,
  applyAction,
  type Frame,
  findDomain,
  healthFactorOf,
  type Intent,
  InvalidIntentError,
  least,
  lendingDomain,
  mulDivDown,
  mulDivUp,
  perpDomain,
  type Usd,
  usd,
  worseHealth,
} from '@plimsoll/domain'

/** Resolution of a share in fixed point. */
const SCALE = 10n ** 12n

/**
 * Scales an action: every intent, the flash loan and the costs by one share (gas and a keeper's fee stay), health after by the domain's own
 * arithmetic on what is left.
 *
 * What is spent, sold or borrowed rounds down, so that a later step never asks for more than an earlier one brings. The
 * least output rounds up and takes a unit more, for a flash lender rounds its fee up; the worst price of a trade never
 * loosens.
 *
 * @param share - Above 0, at most 1.
 */
export function scaleAction(action: Action, share: number, frame: Frame): Action {
  if (share >= 1) return action
  const part = BigInt(Math.floor(share * Number(SCALE)))
  const down = (value: bigint): bigint => mulDivDown(value, part, SCALE)
  const scaled: Action = {
    ...action,
    intents: action.intents.map((intent) => scaleIntent(intent, part)),
    flashLoan:
      action.flashLoan === null
        ? null
        : { token: action.flashLoan.token, raw: down(action.flashLoan.raw) },
    cost: {
      slippage: up(action.cost.slippage, part),
      fees: scaledFees(action, part, frame),
      gas: action.cost.gas,
    },
  }
  return { ...scaled, healthAfter: healthAfter(action, scaled, share, frame) }
}

/** Fees by share, but for what a keeper takes whatever the size. */
function scaledFees({ intents, cost }: Action, part: bigint, frame: Frame): Usd {
  const fixed = intents.reduce((sum, intent) => {
    if (intent.type !== 'trade') return sum
    const reading = frame.perpMarkets.find(
      ({ venue, market }) => venue === intent.venue && market === intent.market,
    )
    return sum + (reading?.fixedFee ?? 0n)
  }, 0n)
  const kept = least(fixed, cost.fees)
  return usd(kept + up(usd(cost.fees - kept), part))
}

const up = (value: Usd, part: bigint): Usd => usd(mulDivUp(value, part, SCALE))

function scaleIntent(intent: Intent, part: bigint): Intent {
  const down = (value: bigint): bigint => mulDivDown(value, part, SCALE)
  switch (intent.type) {
    case 'supply':
    case 'withdraw':
    case 'borrow':
    case 'repay':
      return { ...intent, raw: down(intent.raw) }
    case 'swap':
      return {
        ...intent,
        amountIn: down(intent.amountIn),
        minOut: mulDivUp(intent.minOut, part, SCALE) + 1n,
      }
    case 'trade': {
      const size = intent.size < 0n ? -down(-intent.size) : down(intent.size)
      const limit =
        intent.size === 0n
          ? 0n
          : intent.size < 0n
            ? mulDivUp(intent.limit, size, intent.size)
            : mulDivDown(intent.limit, size, intent.size)
      return { ...intent, size, limit }
    }
    case 'cancel':
      return intent
    default:
      return intent satisfies never
  }
}

/**
 * Health factor after the smaller action, the worse of oracle and market prices.
 *
 * The way from before to after is walked as far as the domain's own arithmetic on the frame's position says: exact for
 * the first action on a domain, close for one that follows others. Where the position says nothing, `1 / health` is
 * interpolated.
 */
function healthAfter(whole: Action, scaled: Action, share: number, frame: Frame): number {
  const { healthBefore: before, healthAfter: after } = whole
  const start = projected(frame, { ...whole, intents: [] })
  const end = projected(frame, whole)
  const here = projected(frame, scaled)
  if (start !== null && end !== null && here !== null && Number.isFinite(before)) {
    const walked = (here - start) / (end - start)
    if (Number.isFinite(walked)) return before + (after - before) * walked
  }
  // Without a position to walk on: the requirement per backing moves with size, as it does for a new perp.
  return 1 / ((1 - share) / before + share / after)
}

/**
 * Health factor of the domain after an action on the frame's position.
 *
 * Null when the position does not say: it lacks the market, or an earlier action of the plan must come first.
 */
function projected(frame: Frame, action: Action): number | null {
  const known = findDomain(frame.portfolio, action.domain)
  const position = [...frame.lending, ...frame.perps].find(({ domain }) => domain === action.domain)
  if (known === null || position === undefined) return null
  try {
    const after = applyAction(position, action)
    const { liquidation } = known
    const domain =
      after.type === 'lending'
        ? lendingDomain({ position: after, fullCloseHealth: liquidation.fullCloseHealth })
        : perpDomain({ position: after, liquidation })
    return healthFactorOf(worseHealth(domain, frame).health)
  } catch (cause) {
    if (cause instanceof InvalidIntentError) return null
    throw cause
  }
}
