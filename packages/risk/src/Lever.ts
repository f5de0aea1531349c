import {
  type Action,
  type AssetId,
  type DomainId,
  type LendingPosition,
  type Margin,
  type PerpPosition,
  type Prices,
  priceFromNumber,
  priceOf,
  priceSets,
  rawFromNumber,
  type Usd,
  usd,
  valueUp,
  wadFromNumber,
} from '@plimsoll/domain'
import { amountAbove, amountToReach } from './amountToReach.ts'
import { domainOf, enter, factorOf, type Ledger, type MarketUse } from './Ledger.ts'
import type { Routes } from './Routes.ts'

/** Where the plan stands and what a lever may do. */
export type LeverSetting = {
  readonly ledger: Ledger
  readonly routes: Routes
  /** Health factor below which a domain gives nothing away. */
  floorOf(donor: LendingPosition | PerpPosition): number
  /** Smaller steps are left out. [USD] */
  readonly minUsd: number
  /** Largest share of a trade's value that a fee may take which does not shrink with it. */
  readonly maxFixedShare: number
  /** Largest slack of a trade as a share. */
  readonly slippageCap: number
  /** The widest slack: of the limit of a defence that is filled later. */
  readonly widestCap: number
  /** Standard deviation of the 24-hour log-return by asset, where there is a forecast. */
  readonly sigma24h: ReadonlyMap<AssetId, number>
}

/** What a lever is asked: bring `domain` to `target`. */
export type LeverContext = LeverSetting & {
  readonly domain: DomainId
  /** Health factor to reach on the worse of oracle and market prices. */
  readonly target: number
}

/** One step that a lever offers, or why it has none. */
export type Step =
  | { readonly type: 'act'; readonly action: Action; readonly market: MarketUse | null }
  | { readonly type: 'skip'; readonly why: string }

/** One way to raise the health of a domain. Pure; asked again after each step it offers. */
export type Lever = (context: LeverContext) => Step

/** Asset whose price gas is paid at. */
const GAS_ASSET: AssetId = 'ETH'

/** Gas of a whole action, generous: approvals, calls and the executor's own. */
const GAS_UNITS: { readonly [type in Action['type']]: bigint } = {
  repay: 300_000n,
  'add-collateral': 300_000n,
  transfer: 600_000n,
  reduce: 800_000n,
  deleverage: 1_200_000n,
  hedge: 800_000n,
  boost: 900_000n,
  cancel: 250_000n,
}
/** What a swap adds to a transfer. */
const EXCHANGE_GAS_UNITS = 300_000n

/**
 * Units of an action that reach the target on both sets of prices; null when it does not raise health on one.
 *
 * @param fixed - Backing that the action takes whatever its size: a keeper's fee. [USD]
 */
export function unitsToTarget(
  context: LeverContext,
  perUnit: (prices: Prices) => Margin,
  fixed = 0,
): number | null {
  let most = 0
  const domain = domainOf(context.ledger, context.domain)
  for (const prices of Object.values(priceSets(domain, context.ledger.frame))) {
    const margin = less(domain.margin(prices), fixed)
    const units = amountToReach({ margin, target: context.target, perUnit: perUnit(prices) })
    if (units === null) return null
    most = Math.max(most, units)
  }
  return most
}

/**
 * Units that a domain can give on both sets of prices and stay at or above a floor.
 *
 * @param fixed - As in {@link unitsToTarget}. [USD]
 */
export function unitsAboveFloor(
  ledger: Ledger,
  donor: DomainId,
  floor: number,
  perUnit: (prices: Prices) => Margin,
  fixed = 0,
): number {
  let least = Number.POSITIVE_INFINITY
  const domain = domainOf(ledger, donor)
  for (const prices of Object.values(priceSets(domain, ledger.frame))) {
    const margin = less(domain.margin(prices), fixed)
    least = Math.min(least, amountAbove({ margin, floor, perUnit: perUnit(prices) }))
  }
  return least
}

const less = ({ backing, requirement }: Margin, fixed: number): Margin => ({
  backing: backing - fixed,
  requirement,
})

/** Units as a raw amount that is at least as much, at most the least limit. [token decimals] */
export function rawAtLeast(units: number, decimals: number, ...limits: readonly bigint[]): bigint {
  return units >= 1e18 ? least(limits) : least([rawFromNumber(units, decimals) + 1n, ...limits])
}

/** Units as a raw amount that is at most as much, at most the least limit, never below zero. [token decimals] */
export function rawAtMost(units: number, decimals: number, ...limits: readonly bigint[]): bigint {
  const raw =
    units >= 1e18 ? least(limits) : least([rawFromNumber(units, decimals) - 1n, ...limits])
  return raw > 0n ? raw : 0n
}

/** Smallest of several amounts. */
export const least = (values: readonly bigint[]): bigint =>
  values.reduce((least, value) => {
    if (value < least) return value
    return least
  })

/** An action with gas, health before and after by the domain's own arithmetic. */
export function stepOf(
  context: Pick<LeverContext, 'ledger' | 'domain'>,
  p: Omit<Action, 'domain' | 'cost' | 'healthBefore' | 'healthAfter' | 'why'> & {
    readonly slippage: number
    readonly fees: number
    readonly market: MarketUse | null
    readonly why: (health: { readonly before: number; readonly after: number }) => string
  },
): Step {
  const { ledger, domain } = context
  const before = factorOf(ledger, domain)
  const { slippage, fees, market, why, ...rest } = p
  const draft: Action = {
    ...rest,
    domain,
    cost: {
      slippage: usdFromNumber(slippage),
      fees: usdFromNumber(fees),
      gas: gasCost(ledger, rest),
    },
    healthBefore: before,
    healthAfter: before,
    why: '',
  }
  const after = factorOf(enter(ledger, draft, market), domain)
  return {
    type: 'act',
    market,
    action: { ...draft, healthAfter: after, why: why({ before, after }) },
  }
}

/** Costs round up. [USD 1e8] */
const usdFromNumber = (value: number): Usd => usd(wadFromNumber(value) / 10n ** 10n + 1n)

/** Gas of an action at the price of now, rounded up. [USD 1e8] */
export function gasCost(
  { frame }: Ledger,
  { type, intents }: Pick<Action, 'type' | 'intents'>,
): Usd {
  const price = priceFromNumber(priceOf(GAS_ASSET, frame.marketPrices))
  const swaps = type === 'transfer' && intents.some((intent) => intent.type === 'swap')
  const units = GAS_UNITS[type] + (swaps ? EXCHANGE_GAS_UNITS : 0n)
  return valueUp(units * frame.block.gasPrice, 18, price)
}
