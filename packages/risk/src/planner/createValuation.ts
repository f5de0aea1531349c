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
import { type ValueCurve, valueCurve } from '../policy/valueAt.ts'
import type { DynamicProgrammingConfig } from './DynamicProgrammingConfig.ts'
import { type LoanEquivalent, lnHealthAt, loanEquivalent, loanSigma } from './loanEquivalent.ts'

/** What a policy says of one domain: its cell of the table, which an action does not change. */
type Policy = {
  readonly targetLeverage: number
  /** Weight of stress, 0 to 1. */
  readonly stress: number
  /** Where the policy acts and to where, in ln health of the loan equivalent. */
  readonly bands: Bands
  /** Cost to go as a share of equity. */
  readonly value: ValueCurve
}

/** Where a domain stands against its policy. */
export type Standing = { readonly loan: LoanEquivalent; readonly policy: Policy }

/** Ln health that is gained at most where trading does not pay and danger asks for it all the same. */
const STOPGAP = 0.1

/**
 * Where a domain is brought to: the band's target; where the policy never trades, a tenth of health, and not beyond the
 * target leverage.
 */
export const goalOf = ({ loan, policy }: Standing): number =>
  policy.bands.deleverTo ??
  Math.min(loan.lnHealth + STOPGAP, lnHealthAt(loan.threshold, policy.targetLeverage))

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
 * The cell of the table is that of the domain as it is first seen: its threshold, its target leverage, gas as a share of
 * its equity, and its volatility, by which the calm and the stressed table are mixed. A domain whose volatility is not
 * forecast is taken for stressed.
 */
export function createValuation(p: {
  readonly table: PolicyTable
  readonly config: DynamicProgrammingConfig
  readonly assessment: Assessment
}): Valuation {
  const { table, config, assessment } = p

  const policies = new Map<DomainId, Policy>()

  function policyOf(ledger: Ledger, domain: MarginDomain, loan: LoanEquivalent): Policy {
    const known = policies.get(domain.id)
    if (known !== undefined) return known
    const { prices } = worseHealth(domain, ledger.frame)
    const sigma = loanSigma(domain, prices, assessment.sigma24h)
    const gas = numberFromUsd(gasCost(ledger, { type: 'deleverage', intents: [] }))
    const market = marketOf(ledger.frame, domain)
    const wanted = config.targetLeverage.domains[domain.id] ?? config.targetLeverage.otherwise
    const stress = sigma === null ? 1 : stressWeight(sigma * Math.sqrt(DAYS), table)
    const query: PolicyQuery = {
      liquidationThreshold: loan.threshold,
      targetLeverage: targetOf(loan, wanted),
      gasShare: gas / loan.equity,
      sizeShare:
        market === null || market.dailyVolume === null ? 0 : loan.equity / market.dailyVolume,
      ...(market === null ? {} : { proportionalCost: market.fee }),
      stress,
    }
    const policy: Policy = {
      targetLeverage: query.targetLeverage,
      stress: query.stress,
      bands: bandsAt(table, query),
      value: valueCurve(table, query),
    }
    policies.set(domain.id, policy)
    return policy
  }

  function standing(ledger: Ledger, id: DomainId): Standing | null {
    const domain = domainOf(ledger, id)
    const loan = loanEquivalent(domain, worseHealth(domain, ledger.frame).prices)
    return loan === null ? null : { loan, policy: policyOf(ledger, domain, loan) }
  }

  return {
    standing,
    costToGo(ledger, id) {
      const here = standing(ledger, id)
      return here === null ? 0 : here.loan.equity * here.policy.value(here.loan.lnHealth)
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
