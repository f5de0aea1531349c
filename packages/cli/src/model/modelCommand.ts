import { subcommands } from '../subcommands.ts'
import { checkCommand } from './checkCommand.ts'
import { evalCommand } from './evalCommand.ts'
import { featuresCommand } from './featuresCommand.ts'
import { forecastCommand } from './forecastCommand.ts'
import { promoteCommand } from './promoteCommand.ts'
import { shadowCommand } from './shadowCommand.ts'
import { trainCommand } from './trainCommand.ts'
import { withPositionals } from './withPositionals.ts'

/** Everything about volatility models. */
export const modelCommand = subcommands({
  name: 'model',
  summary: 'Trains, checks, scores and runs volatility models.',
  commands: [
    featuresCommand,
    trainCommand,
    withPositionals(checkCommand, 'model'),
    forecastCommand,
    withPositionals(evalCommand, 'model'),
    shadowCommand,
    promoteCommand,
  ],
})
