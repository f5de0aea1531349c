import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { InvalidInputError } from '@plimsoll/domain'
import {
  bandsAt,
  type PolicyTable,
  parsePolicyTable,
  policyTable,
  type ReadyTableName,
  RISK_TOLERANCES,
  solveTable,
} from '@plimsoll/risk'
import { choice, createCommand, number, text, toggle } from '../Command.ts'
import { subcommands } from '../subcommands.ts'

const TOLERANCES = Object.keys(RISK_TOLERANCES) as ReadyTableName[]
const tolerance = choice(TOLERANCES, 'balanced', 'risk tolerance')

const showCommand = createCommand({
  name: 'policy show',
  summary: 'Shows the bands of a policy table for one position, from calm to stress.',
  examples: [
    ['plimsoll policy show', 'the balanced table, a loan of leverage 2'],
    [
      'plimsoll policy show --leverage 4 --threshold 0.9375 --cost 0.003',
      'a perp at four times its margin',
    ],
    [
      'plimsoll policy show --file balanced.json --json',
      'a table of a file, checked by its hash first',
    ],
  ],
  flags: {
    tolerance,
    file: text('FILE', 'a table instead of the one that comes with the package'),
    threshold: number(
      { above: 0, below: 1 },
      0.8,
      'ltv where liquidation starts; of a perp 1 − maintenance margin ratio',
    ),
    leverage: number({ above: 1, below: 100 }, 2, 'exposure over equity that the owner wants'),
    cost: number({ above: 0, below: 0.1 }, 0.001, 'fee and half spread in calm'),
    json: toggle('print one JSON object'),
  },
  async run(flags) {
    const table = flags.file === null ? policyTable(flags.tolerance) : await read(flags.file)
    const rows = bandsOf(table, flags)
    if (flags.json) console.log(JSON.stringify({ ...about(table), bands: rows }))
    else console.log(describe(table, flags, rows))
  },
})

const solveCommand = createCommand({
  name: 'policy solve',
  summary:
    'Solves a policy table by dynamic programming and writes it with its parameters and hash.',
  examples: [
    [
      'plimsoll policy solve --tolerance balanced --out balanced.json',
      'about a minute on one core',
    ],
  ],
  flags: {
    tolerance,
    out: text('FILE', 'where the table goes'),
    json: toggle('print one JSON object'),
  },
  run: solve,
})

/** Policy tables of the dynamic-programming engine. */
export const policyCommand = subcommands({
  name: 'policy',
  summary: 'Solves and shows policy tables of the dynamic-programming engine.',
  commands: [showCommand, solveCommand],
})

async function solve(flags: {
  readonly tolerance: ReadyTableName
  readonly out: string | null
  readonly json: boolean
}): Promise<void> {
  if (flags.out === null)
    throw new InvalidInputError({ field: '--out', found: 'nothing', allowed: 'a file to write' })
  const file = resolve(flags.out)
  await mkdir(dirname(file), { recursive: true })
  const table = solveTable({ tolerance: RISK_TOLERANCES[flags.tolerance] }, (solved, cells) => {
    if (solved % 50 === 0 || solved === cells) console.error(`${solved} of ${cells} cells`)
  })
  await writeFile(file, `${JSON.stringify(table)}\n`)
  console.log(flags.json ? JSON.stringify({ ...about(table), file }) : `${file}\n${table.hash}`)
}

async function read(file: string): Promise<PolicyTable> {
  let content: string
  try {
    content = await readFile(file, 'utf8')
  } catch (cause) {
    throw new InvalidInputError({
      field: '--file',
      found: file,
      allowed: 'a file that exists and can be read',
      cause,
    })
  }
  return parsePolicyTable(content)
}

const about = ({ version, tolerance, hash, axes }: PolicyTable) => ({
  type: 'policy-table',
  version,
  tolerance,
  hash,
  cells:
    axes.liquidationThreshold.length *
    axes.targetLnHealth.length *
    axes.gasShare.length *
    axes.sizeShare.length *
    axes.proportionalCost.length,
})

type Question = { readonly threshold: number; readonly leverage: number; readonly cost: number }

const STRESS = [0, 0.25, 0.5, 0.75, 1]

function bandsOf(table: PolicyTable, { threshold, leverage, cost }: Question) {
  const health = (ln: number | null) => (ln === null ? null : Math.exp(ln))
  return STRESS.map((stress) => {
    const bands = bandsAt(table, {
      liquidationThreshold: threshold,
      targetLeverage: leverage,
      gasShare: 5e-5,
      sizeShare: 4e-4,
      proportionalCost: cost,
      stress,
    })
    return {
      stress,
      deleverBelow: health(bands.deleverBelow),
      deleverTo: health(bands.deleverTo),
      releverAbove: health(bands.releverAbove),
      releverTo: health(bands.releverTo),
    }
  })
}

function describe(
  table: PolicyTable,
  { threshold, leverage, cost }: Question,
  rows: ReturnType<typeof bandsOf>,
): string {
  const { tolerance, cells, hash } = about(table)
  const show = (health: number | null) =>
    (health === null ? 'never' : health.toFixed(3)).padStart(9)
  return [
    `${tolerance.name}: a unit of leverage off the target costs ${100 * tolerance.trackingAversion} % a year, a dollar lost to liquidators counts ${tolerance.lossWeight}`,
    `${cells} cells, sha-256 ${hash.slice(0, 16)}…`,
    '',
    `Health of a loan with threshold ${threshold}, target leverage ${leverage} (health ${((threshold * leverage) / (leverage - 1)).toFixed(3)}), trading at ${(1e4 * cost).toFixed(1)} bp`,
    'stress   delever below      to   relever above      to',
    ...rows.map(
      (row) =>
        `${String(row.stress).padEnd(6)}       ${show(row.deleverBelow)}${show(row.deleverTo)}       ${show(row.releverAbove)}${show(row.releverTo)}`,
    ),
  ].join('\n')
}
