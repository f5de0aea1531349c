import { hashPolicyTable } from './hashPolicyTable.ts'
import { leverageAt } from './leverage.ts'
import type { PolicyParameters } from './PolicyParameters.ts'
import {
  BAND_UNIT,
  liquidationRuleAt,
  POLICY_TABLE_VERSION,
  type PolicyAxes,
  type PolicyTable,
  type PolicyWorld,
  type RiskTolerance,
  type StressFilter,
  VALUE_UNIT,
} from './PolicyTable.ts'
import { lnHealthAtPlace, placeOf, topOf } from './place.ts'
import { POLICY_AXES, POLICY_WORLD, STRESS_FILTER } from './presets.ts'
import { at } from './solveLinear.ts'
import { solvePolicy } from './solvePolicy.ts'

/** What one table is solved for. */
export type TableRequest = {
  readonly tolerance: RiskTolerance
  readonly world?: PolicyWorld
  readonly filter?: StressFilter
  readonly axes?: PolicyAxes
}

/** One cell without its place in the table. */
export type CellPoint = {
  readonly liquidationThreshold: number
  readonly targetLnHealth: number
  readonly gasShare: number
  readonly sizeShare: number
  readonly proportionalCost: number
}

const LARGEST_STEP = 0.011
const FEWEST_STATES = 96

/**
 * Solves every cell of a table, one after the other. Deterministic: the same request gives the same hash.
 *
 * @param onProgress - told how many of how many cells are solved.
 */
export function solveTable(
  request: TableRequest,
  onProgress: (solved: number, cells: number) => void = () => {},
): PolicyTable {
  const world = request.world ?? POLICY_WORLD
  const axes = request.axes ?? POLICY_AXES
  const points = pointsOf(axes)
  const bands: number[] = []
  const values: number[] = []
  let start: Int32Array | undefined
  for (const [index, point] of points.entries()) {
    const parameters = parametersAt(world, request.tolerance, point)
    const size = parameters.grid.states * parameters.regimes.length
    const solved = solvePolicy(parameters, start?.length === size ? start : undefined)
    start = Int32Array.from(solved.regimes.flatMap(({ action }) => [...action]))
    for (const regime of solved.regimes) {
      for (const edge of [
        regime.bands.deleverBelow,
        regime.bands.deleverTo,
        regime.bands.releverAbove,
        regime.bands.releverTo,
      ])
        bands.push(
          Math.round(Math.max(0, Math.min(2, placeOf(edge, point.targetLnHealth))) / BAND_UNIT),
        )
      values.push(...valuesOf(regime.value, solved.lnHealth, axes, point.targetLnHealth))
    }
    onProgress(index + 1, points.length)
  }
  const content = {
    version: POLICY_TABLE_VERSION,
    tolerance: request.tolerance,
    world,
    filter: request.filter ?? STRESS_FILTER,
    axes,
    bands,
    values,
  } as const
  return { ...content, hash: hashPolicyTable(content) }
}

/** The impulse-control problem of one cell. */
export function parametersAt(
  world: PolicyWorld,
  tolerance: RiskTolerance,
  point: CellPoint,
): PolicyParameters {
  const { liquidationThreshold, targetLnHealth } = point
  const base = world.regimes[0]
  const top = topOf(targetLnHealth)
  const states = Math.max(FEWEST_STATES, Math.ceil(top / LARGEST_STEP))
  const impact = world.impactCoefficient * Math.sqrt(point.sizeShare)
  return {
    liquidationThreshold,
    targetLeverage: leverageAt(Math.exp(targetLnHealth), liquidationThreshold),
    trackingAversion: tolerance.trackingAversion,
    liquidation: liquidationRuleAt(world, liquidationThreshold, tolerance.lossWeight),
    regimes: world.regimes.map((regime) => ({
      ...regime,
      proportionalCost:
        point.proportionalCost * ratio(regime.proportionalCost, base?.proportionalCost),
      gasShare: point.gasShare * ratio(regime.gasShare, base?.gasShare),
      impact: impact * ratio(regime.impact, base?.impact),
    })),
    grid: { step: top / states, states },
  }
}

function ratio(own: number, base: number | undefined): number {
  return base === undefined || base === 0 ? 1 : own / base
}

function pointsOf(axes: PolicyAxes): readonly CellPoint[] {
  return axes.liquidationThreshold.flatMap((liquidationThreshold) =>
    axes.targetLnHealth.flatMap((targetLnHealth) =>
      axes.gasShare.flatMap((gasShare) =>
        axes.sizeShare.flatMap((sizeShare) =>
          axes.proportionalCost.map((proportionalCost) => ({
            liquidationThreshold,
            targetLnHealth,
            gasShare,
            sizeShare,
            proportionalCost,
          })),
        ),
      ),
    ),
  )
}

function valuesOf(
  value: Float64Array,
  lnHealth: Float64Array,
  axes: PolicyAxes,
  targetLnHealth: number,
): readonly number[] {
  const step = at(lnHealth, 1) - at(lnHealth, 0)
  const raw = axes.place.map((place) => {
    const position = lnHealthAtPlace(place, targetLnHealth) / step - 0.5
    const below = Math.max(0, Math.min(value.length - 2, Math.floor(position)))
    const share = position - below
    return at(value, below) * (1 - share) + at(value, below + 1) * share
  })
  const least = raw.reduce((a, b) => Math.min(a, b), Infinity)
  return raw.map((each) => Math.round(Number(((each - least) / VALUE_UNIT).toPrecision(4))))
}
