import { benchGovernorCommand } from './benchGovernorCommand.ts'
import { createGroup } from './createGroup.ts'

/** Measures this machine. */
export const benchCommand = createGroup({
  name: 'bench',
  summary: 'Measures how fast parts of the framework are on this machine.',
  commands: [benchGovernorCommand],
})
