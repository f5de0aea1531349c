import { type AssetId, InvalidInputError } from '@plimsoll/domain'
import type { Scenario } from './Scenario.ts'

/** A scenario as numbers over the assets of a book. */
export type CompiledScenario = Pick<Scenario, 'name' | 'kind' | 'depth'> & {
  /** What prices are multiplied by, and marks of perps. */
  readonly spot: Float64Array
  readonly marks: Float64Array
}

type Compiled = { readonly assets: string; readonly scenarios: readonly CompiledScenario[] }

/** What a list of scenarios was last compiled to: a grid and the assets of a book stay the same for many frames. */
const made = new WeakMap<readonly Scenario[], Compiled>()

/**
 * Compiles scenarios into factors by asset; what is not among the assets is passed over.
 *
 * @throws {@link InvalidInputError} when a factor is not above zero and finite.
 */
export function compileScenarios(
  scenarios: readonly Scenario[],
  assets: readonly AssetId[],
): readonly CompiledScenario[] {
  const key = assets.join(' ')
  const known = made.get(scenarios)
  if (known?.assets === key) return known.scenarios
  const places = new Map(assets.map((asset, i) => [asset, i]))
  const compiled = scenarios.map((scenario) => {
    const { name, kind, depth } = scenario
    const spot = new Float64Array(assets.length).fill(1)
    multiply(spot, places, scenario, 'prices')
    const marks = spot.slice()
    multiply(marks, places, scenario, 'marks')
    assertFactor(scenario, 'depth', depth)
    return { name, kind, depth, spot, marks }
  })
  made.set(scenarios, { assets: key, scenarios: compiled })
  return compiled
}

function multiply(
  factors: Float64Array,
  places: ReadonlyMap<AssetId, number>,
  scenario: Scenario,
  by: 'prices' | 'marks',
): void {
  for (const [asset, factor] of Object.entries(scenario[by])) {
    assertFactor(scenario, asset, factor)
    const at = places.get(asset)
    if (at !== undefined) factors[at] = (factors[at] ?? 1) * factor
  }
}

function assertFactor(scenario: Scenario, what: string, found: number): void {
  if (!(found > 0) || !Number.isFinite(found))
    throw new InvalidInputError({
      field: `scenario ${scenario.name}, ${what}`,
      found,
      allowed: 'a factor above 0, finite',
    })
}
