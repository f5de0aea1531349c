import { DEFAULT_FUNDING_HOURS, type StaticThresholdConfig } from './StaticThresholdConfig.ts'
import { type Section, section } from './section.ts'

/**
 * Checks a static-threshold configuration from a file or a caller.
 *
 * @throws {@link InvalidInputError} on an unknown, missing or misspelt key, a value out of range, and thresholds that
 *   contradict each other.
 */
export function parseStaticThresholdConfig(input: unknown): StaticThresholdConfig {
  const root = section('engine', input, [
    'restoreBelow',
    'restoreTo',
    'boostAbove',
    'boostTo',
    'donorFloor',
    'perp',
    'venues',
    'minActionUsd',
    'maxSlippageBps',
    'hedge',
  ])
  const restoreBelow = root.number('restoreBelow', { above: 1 })
  const restoreTo = root.number('restoreTo', { above: restoreBelow })
  const boostTo = root.number('boostTo', { from: restoreTo })
  const boostAbove = root.isNull('boostAbove')
    ? null
    : root.number('boostAbove', { above: boostTo })
  const donorFloor = root.number('donorFloor', { from: restoreTo })

  const perpSection = root.section('perp', ['restoreBelow', 'restoreTo', 'donorFloor', 'prefer'])
  const perpBelow = perpSection.number('restoreBelow', { above: 1 })
  const perpTo = perpSection.number('restoreTo', { above: perpBelow })
  const perp = {
    restoreBelow: perpBelow,
    restoreTo: perpTo,
    donorFloor: perpSection.number('donorFloor', { from: perpTo }),
    prefer: perpSection.oneOf('prefer', ['reduce', 'margin']),
  }

  const venues = root.has('venues')
    ? Object.fromEntries(
        root.sections('venues', ['restoreBelow', 'restoreTo', 'donorFloor']).map(([id, venue]) => {
          const below = venue.number('restoreBelow', { above: 1 })
          const to = venue.number('restoreTo', { above: below })
          return [
            id,
            {
              restoreBelow: below,
              restoreTo: to,
              donorFloor: venue.number('donorFloor', { from: to }),
            },
          ]
        }),
      )
    : {}

  const slippage = root.section('maxSlippageBps', ['calm', 'stress', 'floor'])
  const calm = slippage.number('calm', { above: 0 })
  const stress = slippage.number('stress', { from: calm })
  const floor = slippage.number('floor', { from: stress, to: 1_000 })
  return {
    restoreBelow,
    restoreTo,
    boostAbove,
    boostTo,
    donorFloor,
    perp,
    venues,
    minActionUsd: root.number('minActionUsd', { from: 0 }),
    maxSlippageBps: { calm, stress, floor },
    hedge: root.isNull('hedge') ? null : hedge(root),
  }
}

function hedge(root: Section): StaticThresholdConfig['hedge'] {
  const hedge = root.section('hedge', [
    'asset',
    'maxDeltaShare',
    'targetDeltaShare',
    'minPerpHealth',
    'fundingHours',
  ])
  const targetDeltaShare = hedge.number('targetDeltaShare', { from: 0 })
  return {
    asset: hedge.text('asset'),
    targetDeltaShare,
    maxDeltaShare: hedge.number('maxDeltaShare', { above: targetDeltaShare }),
    minPerpHealth: hedge.number('minPerpHealth', { above: 1 }),
    fundingHours: hedge.has('fundingHours')
      ? hedge.number('fundingHours', { from: 0 })
      : DEFAULT_FUNDING_HOURS,
  }
}
