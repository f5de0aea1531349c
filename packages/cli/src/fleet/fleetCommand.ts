import { syntheticCrash } from '@plimsoll/devnet'
import { choice, createCommand, integer, names, toggle } from '../Command.ts'
import { GOVERNORS, type GovernorName } from '../compose/composeGovernor.ts'
import { ENGINES } from '../demo/demoEngine.ts'
import type { FleetRecord } from './FleetRecord.ts'
import { fleetTable } from './fleetTable.ts'
import { type FleetFrame, runFleet } from './runFleet.ts'

/** Plays a crash with many agents that share one market and one store of budgets. */
export const fleetCommand = createCommand({
  name: 'fleet',
  summary: 'Plays a crash with many agents, each a process: one market, one store of budgets.',
  examples: [
    ['plimsoll fleet', 'twenty agents, under each governor in turn'],
    ['plimsoll fleet --debt 240000', 'a fleet that its market can bear'],
    ['plimsoll fleet --agents 5 --governors footprint', 'five of them, under the rules alone'],
    ['plimsoll fleet --json > fleet.ndjson', 'one object per governor, every agent in it'],
  ],
  flags: {
    agents: integer({ min: 1, max: 40 }, 20, 'processes, each with a loan of its own'),
    debt: integer(
      { min: 20_000, max: 4_000_000 },
      2_400_000,
      'dollars that a loan owes, give or take a third',
    ),
    seed: integer(
      { min: 0, max: 2 ** 31 - 1 },
      1,
      'seed of the crash, the loans and background trades',
    ),
    frames: integer({ min: 72, max: 1_000 }, 96, 'five-minute frames of the crash'),
    engine: choice(ENGINES, 'dp', 'what decides'),
    governors: names(GOVERNORS, 'what holds them back, one run for each'),
    json: toggle('newline-delimited JSON, one object per run'),
  },
  async run({ agents, debt, seed, frames, engine, governors, json }) {
    const records: FleetRecord[] = []
    for (const governor of governors) {
      const record = await runFleet({
        ...{ agents, debt, seed, engine, governor },
        path: syntheticCrash({ seed, frames }),
        progress: (message) => console.error(message),
        onFrame: (frame) => tell(governor, frame),
      })
      records.push(record)
      if (json) console.log(JSON.stringify({ type: 'fleet', ...record }))
    }
    if (!json) console.log(`\n${fleetTable(records)}`)
  },
})

/** A line every hour of the crash. */
function tell(governor: GovernorName, frame: FleetFrame): void {
  if (frame.index % 12 !== 0 && frame.index !== frame.count - 1) return
  console.error(
    `${governor}  ${frame.index + 1}/${frame.count}  ETH ${frame.ether.toFixed(0)}  weakest health ${frame.weakest?.toFixed(3)}  liquidated ${frame.liquidated}  bypass drawn $${Math.round(frame.drawn).toLocaleString('en')}`,
  )
}
