import type { AssetId, Frame } from '@plimsoll/domain'
import { compileBook } from './compileBook.ts'
import type { Scenario } from './Scenario.ts'
import type { StressConfig } from './StressConfig.ts'
import type { StressReport } from './StressReport.ts'
import { scenarioGrid } from './scenarioGrid.ts'
import { stressBook } from './stressBook.ts'

/**
 * Takes a frame's whole book, over all venues at once, through the default grid and any scenarios of the caller.
 *
 * @param p.sigma24h - As in an assessment.
 * @param p.also - Scenarios beside those of the grid.
 * @throws MissingPriceError when an asset has no price.
 * @throws InvalidInputError when a configuration or a scenario is out of range.
 */
export function stress(p: {
  readonly frame: Frame
  readonly sigma24h: ReadonlyMap<AssetId, number>
  readonly config: StressConfig
  readonly also?: readonly Scenario[]
}): StressReport {
  const book = compileBook(p.frame)
  const grid = gridOf(book.assets, p.sigma24h, p.config)
  return stressBook(book, p.also === undefined ? grid : [...grid, ...p.also])
}

type Grid = { readonly key: string; readonly scenarios: readonly Scenario[] }

/** The grid last made under a configuration: it stays the same until a forecast or the assets change. */
const made = new WeakMap<StressConfig, Grid>()

function gridOf(
  assets: readonly AssetId[],
  sigma24h: ReadonlyMap<AssetId, number>,
  config: StressConfig,
): readonly Scenario[] {
  const key = assets.map((asset) => `${asset} ${sigma24h.get(asset) ?? ''}`).join(' ')
  const known = made.get(config)
  if (known?.key === key) return known.scenarios
  const scenarios = scenarioGrid({ assets, sigma24h, config })
  made.set(config, { key, scenarios })
  return scenarios
}
