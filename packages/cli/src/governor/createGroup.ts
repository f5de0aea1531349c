import { InvalidInputError } from '@plimsoll/domain'
import { type Command, columns } from '../Command.ts'

/** Creates a command that only has subcommands: `plimsoll governor status`. */
export function createGroup(p: {
  readonly name: string
  readonly summary: string
  readonly commands: readonly Command[]
}): Command {
  const { name, summary, commands } = p
  const nameOf = (command: Command): string => command.name.slice(name.length + 1)
  return {
    name,
    summary,
    help: [
      `${summary}\n`,
      `Usage: plimsoll ${name} <subcommand> [flags]\n`,
      'Subcommands:',
      ...columns(commands.map((command) => [nameOf(command), command.summary])),
      ...commands.map(({ help }) => `\n${help}`),
    ].join('\n'),
    async run([subcommand, ...rest]) {
      const command = commands.find((each) => nameOf(each) === subcommand)
      if (command === undefined)
        throw new InvalidInputError({
          field: `subcommand of plimsoll ${name}`,
          found: subcommand ?? 'none',
          allowed: commands.map(nameOf).join(', '),
        })
      await command.run(rest)
    },
  }
}
