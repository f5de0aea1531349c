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
  const grid = scenarioGrid({ assets: book.assets, sigma24h: p.sigma24h, config: p.config })
  return stressBook(book, [...grid, ...(p.also ?? [])])
}
