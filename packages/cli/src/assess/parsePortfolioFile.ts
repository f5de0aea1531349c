import {
  type Address,
  type AssetId,
  type CollateralLeg,
  type DebtLeg,
  type Forecast,
  type Frame,
  InvalidInputError,
  type LendingPosition,
  lendingDomain,
  type MarginDomain,
  numberFromRaw,
  type PerpLeg,
  type PerpPosition,
  perpDomain,
  priceFromNumber,
  priceOf,
  rawFromNumber,
  ray,
  type Token,
  valueDown,
  valueUp,
  wad,
  wadFromNumber,
} from '@plimsoll/domain'
import { type Section, section } from '@plimsoll/risk'

const OWNER: Address = '0x0000000000000000000000000000000000000001'
const DECIMALS = 18
const YEAR_MS = 365 * 86_400_000
const HORIZONS_MS = [3_600_000, 14_400_000, 86_400_000]

/** A portfolio as its file states it. */
export type PortfolioFile = { readonly frame: Frame; readonly forecasts: readonly Forecast[] }

/**
 * Reads a portfolio from a file, so that it can be assessed without a chain.
 *
 * Amounts in whole tokens, prices in USD, shares as numbers between 0 and 1, volatilities a year. The format is shown by
 * `plimsoll assess --help`.
 *
 * @throws InvalidInputError naming the field.
 */
export function parsePortfolioFile(input: unknown): PortfolioFile {
  const root = section('portfolio', input, [
    'prices',
    'marketPrices',
    'volatility',
    'domains',
    'reserve',
  ])
  const oraclePrices = numbers(root, 'prices', { above: 0 })
  const marketPrices = new Map([
    ...oraclePrices,
    ...(root.has('marketPrices') ? numbers(root, 'marketPrices', { above: 0 }) : []),
  ])
  const lending: LendingPosition[] = []
  const perps: PerpPosition[] = []
  const domains: MarginDomain[] = []
  for (const each of root.list('domains', [...LENDING_KEYS, ...PERP_KEYS])) {
    const type = each.oneOf('type', ['lending', 'perp'])
    if (type === 'lending') {
      const position = loanOf(each, oraclePrices)
      const fullCloseHealth = each.has('fullCloseHealth')
        ? each.number('fullCloseHealth', { above: 0, to: 1 })
        : null
      lending.push(position)
      domains.push(lendingDomain({ position, fullCloseHealth }))
    } else {
      const position = perpOf(each, oraclePrices)
      perps.push(position)
      domains.push(
        perpDomain({
          position,
          liquidation: {
            closeFactor: optional(each, 'closeFactor', 1),
            fullCloseHealth: null,
            bonus: optional(each, 'liquidationFee', 0.0125),
            partial: optional(each, 'closeFactor', 1) < 1,
          },
        }),
      )
    }
  }
  assertDistinct(domains)
  const reserve = root.has('reserve') ? numbers(root, 'reserve', { from: 0 }) : new Map()
  const volatility = root.has('volatility')
    ? numbers(root, 'volatility', { from: 0, to: 20 })
    : new Map()
  return {
    frame: {
      block: { number: 0n, hash: '0x00', timestamp: 0n, gasPrice: 0n },
      owner: OWNER,
      lending,
      perps,
      portfolio: {
        domains,
        spot: [...reserve].map(([asset, amount]) => ({
          type: 'spot',
          account: OWNER,
          token: tokenOf(asset),
          raw: rawFromNumber(amount, DECIMALS),
        })),
      },
      oraclePrices,
      marketPrices,
      prices: [],
      depth: [],
      perpMarkets: [],
    },
    forecasts: [...volatility].map(([asset, yearly]) => forecastOf(asset, yearly)),
  }
}

/** A forecast of one volatility for every horizon. */
export const forecastOf = (asset: AssetId, yearly: number): Forecast => ({
  asset,
  model: 'given',
  at: 0,
  horizons: HORIZONS_MS.map((ms) => ({ ms, variance: (yearly ** 2 * ms) / YEAR_MS })),
})

const COMMON_KEYS = ['id', 'type', 'venue', 'closeFactor']
const LENDING_KEYS = [...COMMON_KEYS, 'collateral', 'debt', 'fullCloseHealth']
const PERP_KEYS = ['equity', 'legs', 'liquidationFee', 'fixedMargin']

function loanOf(loan: Section, prices: ReadonlyMap<AssetId, number>): LendingPosition {
  const id = loan.text('id')
  const collateral = loan
    .list('collateral', ['asset', 'amount', 'liquidationThreshold', 'liquidationBonus'])
    .map((leg): CollateralLeg => {
      const token = tokenOf(leg.text('asset'))
      const raw = rawFromNumber(leg.number('amount', { from: 0 }), DECIMALS)
      const oraclePrice = priceFromNumber(priceOf(token.asset, prices))
      const threshold = wadFromNumber(leg.number('liquidationThreshold', { above: 0, to: 1 }))
      return {
        token,
        raw,
        oraclePrice,
        value: valueDown(raw, DECIMALS, oraclePrice),
        liquidationThreshold: threshold,
        maxLtv: threshold,
        liquidationBonus: wadFromNumber(optional(leg, 'liquidationBonus', 0.05)),
        supplyRate: ray(0n),
      }
    })
  const debt = loan.list('debt', ['asset', 'amount']).map((leg): DebtLeg => {
    const token = tokenOf(leg.text('asset'))
    const raw = rawFromNumber(leg.number('amount', { from: 0 }), DECIMALS)
    const oraclePrice = priceFromNumber(priceOf(token.asset, prices))
    return {
      token,
      raw,
      oraclePrice,
      value: valueUp(raw, DECIMALS, oraclePrice),
      borrowRate: ray(0n),
    }
  })
  return {
    type: 'lending',
    venue: loan.has('venue') ? loan.text('venue') : id,
    domain: id,
    account: OWNER,
    collateral,
    debt,
    healthFactor: wad(0n), // nobody asks a file for the venue's own figure
    closeFactor: wadFromNumber(optional(loan, 'closeFactor', 0.5)),
  }
}

function perpOf(perp: Section, prices: ReadonlyMap<AssetId, number>): PerpPosition {
  const id = perp.text('id')
  const legs = perp
    .list('legs', ['asset', 'size', 'maintenanceMarginRatio'])
    .map((leg): PerpLeg => {
      const asset = leg.text('asset')
      const markPrice = priceFromNumber(priceOf(asset, prices))
      return {
        market: asset,
        asset,
        size: signed(leg.number('size', {})),
        openNotional: 0n,
        markPrice,
        indexPrice: markPrice,
        fundingOwed: 0n,
        fundingRate: wad(0n),
        fundingInterval: 86_400n,
        maintenanceMarginRatio: wadFromNumber(
          leg.number('maintenanceMarginRatio', { above: 0, to: 1 }),
        ),
      }
    })
  const required = legs.reduce(
    (sum, leg) =>
      sum +
      Math.abs(numberFromRaw(leg.size, 18)) *
        priceOf(leg.asset, prices) *
        numberFromRaw(leg.maintenanceMarginRatio, 18),
    optional(perp, 'fixedMargin', 0),
  )
  const equity = signed(perp.number('equity', {}))
  return {
    type: 'perp',
    venue: perp.has('venue') ? perp.text('venue') : id,
    domain: id,
    account: OWNER,
    marginToken: tokenOf('USD'),
    margin: equity,
    freeCollateral: 0n,
    legs,
    equity,
    maintenanceMargin: wadFromNumber(required),
    liquidationFee: wadFromNumber(optional(perp, 'liquidationFee', 0.0125)),
    pending: null,
  }
}

/** Addresses are made up; what counts is that one asset has one. */
function tokenOf(asset: AssetId): Token {
  const digits = [...new TextEncoder().encode(asset)].map((byte) =>
    byte.toString(16).padStart(2, '0'),
  )
  return {
    chainId: 0,
    address: `0x${digits.join('').slice(0, 40).padStart(40, '0')}`,
    symbol: asset,
    decimals: DECIMALS,
    asset,
  }
}

const signed = (value: number): bigint =>
  value < 0 ? -rawFromNumber(-value, 18) : rawFromNumber(value, 18)

const optional = (from: Section, key: string, fallback: number): number =>
  from.has(key) ? from.number(key, { from: 0 }) : fallback

function numbers(
  from: Section,
  key: string,
  range: { readonly above?: number; readonly from?: number; readonly to?: number },
): ReadonlyMap<AssetId, number> {
  const record = from.section(key, 'any')
  return new Map(record.keys().map((asset) => [asset, record.number(asset, range)]))
}

function assertDistinct(domains: readonly MarginDomain[]): void {
  const ids = domains.map(({ id }) => id)
  const twice = ids.find((id, i) => ids.indexOf(id) !== i)
  if (twice !== undefined)
    throw new InvalidInputError({
      field: 'portfolio.domains',
      found: `${twice} twice`,
      allowed: 'ids that differ',
    })
}
