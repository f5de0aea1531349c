import { InvalidInputError } from '@plimsoll/domain'
import { type Command, columns } from './Command.ts'

/** Creates a command that is a family of commands: `plimsoll model eval …`. */
export function subcommands(p: {
  readonly name: string
  readonly summary: string
  readonly commands: readonly Command[]
}): Command {
  const short = (command: Command): string => command.name.slice(p.name.length + 1)
  return {
    name: p.name,
    summary: p.summary,
    help: [
      `${p.summary}\n`,
      `Usage: plimsoll ${p.name} <command> [flags]\n`,
      'Commands:',
      ...columns(p.commands.map((command) => [short(command), command.summary])),
      ...p.commands.flatMap((command) => [
        `\n${'─'.repeat(72)}\nplimsoll ${command.name}\n`,
        command.help,
      ]),
    ].join('\n'),
    async run([name, ...rest]) {
      const command = p.commands.find((each) => short(each) === name)
      if (command === undefined)
        throw new InvalidInputError({
          field: `command of plimsoll ${p.name}`,
          found: name,
          allowed: `${p.commands.map(short).join(', ')}; see plimsoll ${p.name} --help`,
        })
      await command.run(rest)
    },
  }
}
