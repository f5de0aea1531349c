#!/usr/bin/env node
import { BaseError } from '@plimsoll/domain'
import manifest from '../package.json' with { type: 'json' }
import { assessCommand } from './assess/assessCommand.ts'
import { benchCommand } from './bench/benchCommand.ts'
import { columns } from './Command.ts'
import { demoCommand } from './demo/demoCommand.ts'
import { devnetCommand } from './devnetCommand.ts'
import { doctorCommand } from './doctorCommand.ts'
import { explainCommand } from './explain/explainCommand.ts'
import { fleetCommand } from './fleet/fleetCommand.ts'
import { governorCommand } from './governor/governorCommand.ts'
import { dataCommand } from './model/dataCommand.ts'
import { modelCommand } from './model/modelCommand.ts'
import { policyCommand } from './policy/policyCommand.ts'
import { portfolioCommand } from './portfolioCommand.ts'

const commands = [
  demoCommand,
  portfolioCommand,
  modelCommand,
  dataCommand,
  assessCommand,
  explainCommand,
  policyCommand,
  benchCommand,
  devnetCommand,
  governorCommand,
  fleetCommand,
  doctorCommand,
]

const help = [
  'plimsoll — margin agents that keep a leveraged portfolio from liquidation.\n',
  'Usage: plimsoll <command> [flags]\n',
  'Commands:',
  ...columns(commands.map(({ name, summary }) => [name, summary])),
  '\nplimsoll <command> --help shows its flags and examples.',
].join('\n')

// Whoever reads our output may have read enough: `plimsoll demo --json | head` is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

process.exitCode = await main(process.argv.slice(2))

async function main(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv
  if (name === 'help' && rest.length > 0) return main([...rest, '--help'])
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    console.log(help)
    return 0
  }
  if (name === '--version') {
    console.log(manifest.version)
    return 0
  }
  const command = commands.find((each) => each.name === name)
  if (command === undefined) {
    console.error(
      `Unknown command "${name}"; allowed: ${commands.map((each) => each.name).join(', ')}. See plimsoll --help.`,
    )
    return 2
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    console.log(command.help)
    return 0
  }
  try {
    await command.run(rest)
    return 0
  } catch (error) {
    if (process.env.PLIMSOLL_DEBUG) console.error(error)
    else if (error instanceof BaseError) console.error(`${error.code}: ${error.message}`)
    else
      console.error(
        `Unexpected: ${error instanceof Error ? error.message : String(error)} (PLIMSOLL_DEBUG=1 shows where)`,
      )
    return error instanceof BaseError && error.code.startsWith('INPUT_') ? 2 : 1
  }
}
