import { benchAssessment, benchProbability } from '@plimsoll/risk/bench'
import { createCommand, toggle } from '../Command.ts'

/** Measures what judging and planning cost on this machine. */
export const benchRiskCommand = createCommand({
  name: 'bench risk',
  summary: 'Measures probabilities a second, and what an assessment and a plan take. One core.',
  examples: [
    ['plimsoll bench risk', 'half a minute on an idle machine'],
    ['plimsoll bench risk --json', 'for machines'],
  ],
  flags: { json: toggle('print one JSON object') },
  async run({ json }) {
    const clock = { now: () => performance.now() }
    const assessment = benchAssessment(clock)
    const figures = { ...benchProbability(clock), ...assessment }
    if (json) console.log(JSON.stringify({ type: 'bench', ...figures }))
    else
      for (const [name, value] of Object.entries(figures))
        console.log(
          `${name.padEnd(20)}${value >= 1_000 ? Math.round(value).toLocaleString('en-US') : value.toFixed(3)}`,
        )
  },
})
