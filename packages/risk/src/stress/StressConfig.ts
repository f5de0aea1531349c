import type { AssetId } from '@plimsoll/domain'

/** Numbers of the default scenario grid. An asset in no list counts as the most volatile class. */
export type StressConfig = {
  readonly majors: readonly AssetId[]
  readonly alts: readonly AssetId[]
  /** Tokens that promise a dollar. */
  readonly stables: readonly AssetId[]
  /** Staking receipts and what they promise. */
  readonly receipts: readonly { readonly asset: AssetId; readonly base: AssetId }[]
  /** Price range of the SPAN scenarios in standard deviations of a day. */
  readonly rangeSigmas: number
  /** Correlation that everything is driven to. */
  readonly correlation: number
}

/** Defaults: ranges of three standard deviations of a day, correlation 0.95. */
export const DEFAULT_STRESS_CONFIG: StressConfig = {
  majors: ['BTC', 'ETH'],
  alts: [],
  stables: ['USDC', 'USDT', 'DAI', 'USD', 'sUSD'],
  receipts: [
    { asset: 'wstETH', base: 'ETH' },
    { asset: 'stETH', base: 'ETH' },
    { asset: 'rETH', base: 'ETH' },
    { asset: 'weETH', base: 'ETH' },
  ],
  rangeSigmas: 3,
  correlation: 0.95,
}
