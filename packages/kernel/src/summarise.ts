import type { Frame } from '@plimsoll/domain'
import type { Assessment } from '@plimsoll/risk'
import type { Unstamped } from './createJournal.ts'

/** What the journal keeps of an assessment. */
export function summarise(
  assessment: Assessment,
  frame: Frame,
): Extract<Unstamped, { type: 'frame.assessed' }> {
  const { worst } = assessment.stress
  return {
    type: 'frame.assessed',
    time: frame.block.timestamp,
    regime: assessment.regime,
    probabilities: assessment.domains.map(({ domain, probabilities }) => ({
      domain,
      h1: probabilities?.h1 ?? null,
      h24: probabilities?.h24 ?? null,
    })),
    any24h: assessment.any24h?.estimate ?? null,
    sigmaRatio: assessment.sigmaRatio,
    forcedVenues: assessment.forcedVenues,
    worst:
      worst === null
        ? null
        : { scenario: worst.scenario, loss: worst.loss, first: worst.first?.domain ?? null },
    level: assessment.breakers.overall,
    breakers: JSON.stringify(assessment.breakers),
  }
}
