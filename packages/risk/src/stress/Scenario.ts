import type { AssetId } from '@plimsoll/domain'

/** Which question a scenario asks. */
export type ScenarioKind =
  | 'span'
  | 'tail'
  | 'correlation'
  | 'alone'
  | 'stable-depeg'
  | 'lst-depeg'
  | 'depth'
  | 'mark-index'

/** One move of all markets at once. Plain data: a caller adds as many of their own as they like. */
export type Scenario = {
  readonly name: string
  readonly kind: ScenarioKind
  /** What each price is multiplied by; an asset that is not named stands still. */
  readonly prices: Readonly<Record<AssetId, number>>
  /** What the marks of perps are multiplied by on top of their asset's price. */
  readonly marks: Readonly<Record<AssetId, number>>
  /** What the depth of every market is multiplied by. */
  readonly depth: number
}
