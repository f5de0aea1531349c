import { subcommands } from '../subcommands.ts'
import { statusCommand } from './statusCommand.ts'

/** What the governor of a fleet has given out, and why it gave no more. */
export const governorCommand = subcommands({
  name: 'governor',
  summary: "Shows a fleet's footprint governor.",
  commands: [statusCommand],
})
