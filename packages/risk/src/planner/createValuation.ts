import {
  type AssetId,
  type DomainId,
  type Frame,
  type MarginDomain,
  numberFromUsd,
  worseHealth,
} from '@plimsoll/domain'
import type { Assessment } from '../Assessment.ts'
import { domainOf, type Ledger } from '../Ledger.ts'
import { gasCost } from '../Lever.ts'
import { bandsAt } from '../policy/bandsAt.ts'
import type { Bands } from '../policy/bandsOf.ts'
import type { PolicyTable } from '../policy/PolicyTable.ts'
import { stressWeight } from '../policy/stressWeight.ts'
import type { PolicyQuery } from '../policy/tableCoordinates.ts'
import { valueAt } from '../policy/valueAt.ts'
import type { DynamicProgrammingConfig } from './DynamicProgrammingConfig.ts'
import { type LoanEquivalent, lnHealthAt, loanEquivalent, loanSigma } from './loanEquivalent.ts'

/** Where a domain stands against the policy. */
export type Standing = {
  readonly loan: LoanEquivalent
  readonly state: PolicyQuery
  /** Where the policy acts and to where, in ln health of the loan equivalent. */
  readonly bands: Bands
}

/** Ln health that is gained at most where trading does not pay and danger asks for it all the same. */
const STOPGAP = 0.1

/**
 * Where a domain is brought to: the band's target; where the policy never trades, a tenth of health, and not beyond the
 * target leverage.
 */
export const goalOf = ({ bands, loan, state }: Standing): number =>
  bands.deleverTo ??
  Math.min(loan.lnHealth + STOPGAP, lnHealthAt(loan.threshold, state.targetLeverage))

const DAYS = 365
/** Share of the room between no leverage and liquidation that a target may use. */
const MOST_OF_ROOM = 0.9

/** What the policy says of a book: the bands of each domain, and what the future costs from where it is. */
export type Valuation = {
  /** Null where there is no policy for a domain: nothing owed, or nothing left. */
  standing(ledger: Ledger, id: DomainId): Standing | null
  /** Expected cost from here on: equity times the policy's value; 0 where there is none. [USD] */
  costToGo(ledger: Ledger, id: DomainId): number
}

/**
 * Creates the valuation of one frame.
 *
 * The cell of the table is that of the domain: its threshold, its target leverage, gas as a share of its equity, and
 * its volatility, by which the calm and the stressed table are mixed. A domain whose volatility is not forecast is
 * taken for stressed.
 */
export function createValuation(p: {
  readonly table: PolicyTable
  readonly config: DynamicProgrammingConfig
  readonly assessment: Assessment
}): Valuation {
  const { table, config, assessment } = p

  function standing(ledger: Ledger, id: DomainId): Standing | null {
    const domain = domainOf(ledger, id)
    const { prices } = worseHealth(domain, ledger.frame)
    const loan = loanEquivalent(domain, prices)
    if (loan === null) return null
    const sigma = loanSigma(domain, prices, assessment.sigma24h)
    const gas = numberFromUsd(gasCost(ledger, { type: 'deleverage', intents: [] }))
    const market = marketOf(ledger.frame, domain)
    const state: PolicyQuery = {
      liquidationThreshold: loan.threshold,
      targetLeverage: targetOf(
        loan,
        config.targetLeverage.domains[id] ?? config.targetLeverage.otherwise,
      ),
      gasShare: gas / loan.equity,
      sizeShare:
        market === null || market.dailyVolume === null ? 0 : loan.equity / market.dailyVolume,
      ...(market === null ? {} : { proportionalCost: market.fee }),
      stress: sigma === null ? 1 : stressWeight(sigma * Math.sqrt(DAYS), table),
    }
    return { loan, state, bands: bandsAt(table, state) }
  }

  return {
    standing,
    costToGo(ledger, id) {
      const here = standing(ledger, id)
      if (here === null) return 0
      return here.loan.equity * valueAt(table, { ...here.state, lnHealth: here.loan.lnHealth })
    },
  }
}

/** The leverage wanted, or the most that a loan of this threshold can be kept at. */
function targetOf({ threshold }: LoanEquivalent, wanted: number): number {
  const most = 1 / (1 - threshold)
  return Math.min(wanted, 1 + MOST_OF_ROOM * (most - 1))
}

/** Market that a domain would be unwound in: of its largest asset, the cheapest there is. */
function marketOf(
  frame: Frame,
  domain: MarginDomain,
): { readonly fee: number; readonly dailyVolume: number | null } | null {
  if (domain.type === 'perp') {
    const fees = frame.perpMarkets.filter(({ venue }) => venue === domain.venue).map(feeOf)
    return fees.length === 0 ? null : { fee: Math.min(...fees), dailyVolume: null }
  }
  const [largest] = [...domain.linear.backing.perToken.keys()].toSorted(
    (a, b) => worthOf(domain, frame, b) - worthOf(domain, frame, a),
  )
  const readings = frame.depth.filter(({ asset }) => asset === largest)
  const [cheapest] = readings.toSorted((a, b) => a.fee - b.fee)
  if (cheapest === undefined) return null
  const volume = numberFromUsd(cheapest.volume5m) * FIVE_MINUTES_A_DAY
  return { fee: cheapest.fee, dailyVolume: volume > 0 ? volume : null }
}

const FIVE_MINUTES_A_DAY = 288

const feeOf = ({ buyFee, sellFee }: Frame['perpMarkets'][number]): number =>
  Math.max(buyFee, sellFee)

const worthOf = ({ linear }: MarginDomain, { marketPrices }: Frame, asset: AssetId): number =>
  (linear.backing.perToken.get(asset) ?? 0) * (marketPrices.get(asset) ?? 0)
