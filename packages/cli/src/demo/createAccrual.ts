import type { DomainId, Frame } from '@plimsoll/domain'
import { carryRate, loanEquivalent } from '@plimsoll/risk'

const SECONDS_PER_YEAR = 31_536_000
/** What a unit of leverage off the target costs a year, as a share of equity: the policy tables' balanced figure. */
const TRACKING_AVERSION = 0.1

/** What holding a portfolio has cost so far. [USD] */
type Accrued = {
  /** Paid on perps less received. */
  readonly funding: number
  /** Interest on debt less interest on collateral. */
  readonly borrow: number
  /** Not paid to anybody: leverage off what it was at the start, at 10 % of equity a year and unit. */
  readonly tracking: number
}

/** Adds up what holding costs, frame by frame. */
export type Accrual = {
  /** The portfolio as it was until this frame. */
  observe(frame: Frame): void
  read(): Accrued
}

/**
 * Creates the account of one portfolio: rates and positions of each frame, for the time since the frame before.
 *
 * @param opened - Where it starts; its leverages are the targets.
 */
export function createAccrual(opened: Frame): Accrual {
  const targets = leverages(opened)
  let since = opened.block.timestamp
  let accrued: Accrued = { funding: 0, borrow: 0, tracking: 0 }
  return {
    observe(frame) {
      const years = Number(frame.block.timestamp - since) / SECONDS_PER_YEAR
      since = frame.block.timestamp
      const cost = (positions: Frame['lending'] | Frame['perps']) =>
        -years * positions.reduce((sum, position) => sum + carryRate(position), 0)
      let strayed = 0 // [USD of equity × leverage]
      for (const [id, { leverage, equity }] of leverages(frame)) {
        const target = targets.get(id)?.leverage
        if (target !== undefined) strayed += Math.abs(leverage - target) * equity
      }
      accrued = {
        funding: accrued.funding + cost(frame.perps),
        borrow: accrued.borrow + cost(frame.lending),
        tracking: accrued.tracking + TRACKING_AVERSION * years * strayed,
      }
    },
    read: () => accrued,
  }
}

/** Leverage and equity of every domain that owes something, at market prices. */
function leverages(frame: Frame): ReadonlyMap<DomainId, { leverage: number; equity: number }> {
  return new Map(
    frame.portfolio.domains.flatMap((domain) => {
      const loan = loanEquivalent(domain, frame.marketPrices)
      return loan === null ? [] : [[domain.id, loan] as const]
    }),
  )
}
