import { benchGovernorCommand } from '../governor/benchGovernorCommand.ts'
import { subcommands } from '../subcommands.ts'
import { benchForecastCommand } from './benchForecastCommand.ts'
import { benchRiskCommand } from './benchRiskCommand.ts'

/** Measures this machine. */
export const benchCommand = subcommands({
  name: 'bench',
  summary: 'Measures how fast parts of the framework are on this machine.',
  commands: [benchRiskCommand, benchForecastCommand, benchGovernorCommand],
})
