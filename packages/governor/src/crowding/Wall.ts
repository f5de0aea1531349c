import type { Frame, MarginDomain } from '@plimsoll/domain'

/** Width of a bin of the wall, in log-price. */
export const BIN = 0.02
/** Bins down to −20 %. */
export const BINS = 10

/**
 * What liquidations would sell of an asset as its price falls, by bins of 2 %: `wall[i]` between `−i·2 %` and `−(i+1)·2 %`. [USD]
 *
 * What can be liquidated already lies in the first bin.
 */
export type Wall = readonly number[]

export const NO_WALL: Wall = Array.from({ length: BINS }, () => 0)

/** Adds walls up, bin by bin. */
export const addWalls = (walls: readonly Wall[]): Wall =>
  walls.reduce((sum, wall) => sum.map((value, i) => value + (wall[i] ?? 0)), NO_WALL)

/**
 * Wall of margin domains in one asset, other prices unchanged: `Σ CF·(1+b)·D` in the bin where each becomes liquidable.
 *
 * Domains whose liquidation price lies above the market (shorts, borrowers of the asset) are no part of it: their liquidations
 * buy.
 */
export function wallOf(asset: string, domains: readonly MarginDomain[], frame: Frame): Wall {
  const wall = [...NO_WALL]
  const spot = frame.oraclePrices.get(asset) ?? Number.NaN
  for (const domain of domains) {
    if (!domain.assets.includes(asset)) continue
    const bin = binOf(domain, asset, spot, frame)
    if (bin === null) continue
    wall[bin] = (wall[bin] ?? 0) + forcedVolume(domain, frame)
  }
  return wall
}

/** What a liquidation of a domain sells: `q_liq = CF·(1+bonus)·D`. [USD] */
export function forcedVolume(domain: MarginDomain, frame: Frame): number {
  const { closeFactor, bonus, fullCloseHealth } = domain.liquidation
  const health = domain.health(frame.oraclePrices)
  const isFull =
    health.type === 'insolvent' ||
    (health.type === 'solvent' &&
      fullCloseHealth !== null &&
      health.lnHealth < Math.log(fullCloseHealth))
  return (isFull ? 1 : closeFactor) * (1 + bonus) * domain.exposure(frame.oraclePrices)
}

/** Bin of a domain; null when it lies beyond the wall or falls with a rising price. */
function binOf(domain: MarginDomain, asset: string, spot: number, frame: Frame): number | null {
  const { type } = domain.health(frame.oraclePrices)
  if (type === 'unlevered') return null
  const delta = domain.delta(frame.oraclePrices).get(asset) ?? 0
  if (delta <= 0) return null
  const at = domain.liquidationPrice(asset, frame.oraclePrices)
  if (type === 'insolvent') return 0
  if (at === null || !(spot > 0)) return null
  const bin = Math.floor(Math.log(spot / at) / BIN)
  return bin >= BINS ? null : Math.max(0, bin)
}
