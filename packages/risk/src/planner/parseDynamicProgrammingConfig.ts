import { type Section, section } from '../section.ts'
import type { DynamicProgrammingConfig } from './DynamicProgrammingConfig.ts'

/**
 * Checks a dynamic-programming configuration from a file or a caller.
 *
 * @throws InvalidInputError on an unknown, missing or misspelt key and on a value out of range.
 */
export function parseDynamicProgrammingConfig(input: unknown): DynamicProgrammingConfig {
  const root = section('engine', input, [
    'targetLeverage',
    'relever',
    'floorProbability1h',
    'reservePriceBps',
    'footprintPriceBps',
    'carryHours',
    'maxCostOverBenefit',
    'minActionUsd',
    'maxSlippageBps',
    'hedge',
  ])
  const target = root.section('targetLeverage', ['otherwise', 'domains'])
  const domains = target.section('domains', 'any')
  const slippage = root.section('maxSlippageBps', ['calm', 'stress', 'floor'])
  const calm = slippage.number('calm', { above: 0 })
  const stress = slippage.number('stress', { from: calm })
  return {
    targetLeverage: {
      otherwise: target.number('otherwise', { above: 1 }),
      domains: Object.fromEntries(
        domains.keys().map((id) => [id, domains.number(id, { above: 1 })]),
      ),
    },
    relever: root.boolean('relever'),
    floorProbability1h: root.number('floorProbability1h', { above: 0, to: 1 }),
    reservePriceBps: root.number('reservePriceBps', { from: 0, to: 10_000 }),
    footprintPriceBps: root.number('footprintPriceBps', { from: 0, to: 10_000 }),
    carryHours: root.number('carryHours', { from: 0 }),
    maxCostOverBenefit: root.number('maxCostOverBenefit', { from: 1 }),
    minActionUsd: root.number('minActionUsd', { from: 0 }),
    maxSlippageBps: { calm, stress, floor: slippage.number('floor', { from: stress, to: 1_000 }) },
    hedge: root.isNull('hedge') ? null : hedge(root),
  }
}

function hedge(root: Section): DynamicProgrammingConfig['hedge'] {
  const hedge = root.section('hedge', ['transferability', 'minPerpHealth'])
  return {
    transferability: hedge.number('transferability', { from: 0, to: 1 }),
    minPerpHealth: hedge.number('minPerpHealth', { above: 1 }),
  }
}
