import type { AssetId } from '@plimsoll/domain'
import type { ReadyTableName } from '../policy/readyTable.ts'

/** What kind of risk an asset is. From the tamest to the wildest. */
export const ASSET_CLASSES = ['stable', 'staked', 'major', 'alt'] as const
export type AssetClass = (typeof ASSET_CLASSES)[number]

/** The engine of one class of domains, and what differs from its preset. */
export type EngineChoice = {
  /** `dynamic-programming`, `static-threshold`, or the name of an engine of one's own. */
  readonly engine: string
  readonly tolerance: ReadyTableName
  /** Numbers that replace those of the preset; each key is checked by the engine. */
  readonly numbers?: Readonly<Record<string, unknown>>
}

/** Which engine plans for which margin domains. A domain has the class of the wildest asset that moves its health. */
export type EnginesConfig = {
  readonly classes: Readonly<Record<AssetId, AssetClass>>
  /** Class of assets that are not named. */
  readonly otherwise: AssetClass
  readonly engines: Readonly<Record<AssetClass, EngineChoice>>
}

/** Balanced dynamic programming for all; careful with what can gap. */
export const DEFAULT_ENGINES: EnginesConfig = {
  classes: {
    ETH: 'major',
    BTC: 'major',
    USDC: 'stable',
    USD: 'stable',
    sUSD: 'stable',
    USDT: 'stable',
    DAI: 'stable',
    stETH: 'staked',
    wstETH: 'staked',
    rETH: 'staked',
  },
  otherwise: 'alt',
  engines: {
    stable: { engine: 'dynamic-programming', tolerance: 'balanced' },
    staked: { engine: 'dynamic-programming', tolerance: 'balanced' },
    major: { engine: 'dynamic-programming', tolerance: 'balanced' },
    alt: { engine: 'dynamic-programming', tolerance: 'conservative' },
  },
}
