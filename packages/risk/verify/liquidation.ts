import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import {
  BAND,
  type Cell,
  liquidationCells,
  type OwnerCell,
  ownerCells,
} from './liquidationCells.ts'
import { liquidationMonteCarlo } from './liquidationMonteCarlo.ts'
import { HORIZONS, WORLDS } from './liquidationWorlds.ts'

/** Largest relative error allowed inside the band. */
const BAR = 0.15

const { values } = parseArgs({
  options: {
    paths: { type: 'string', default: '1000000' },
    threads: { type: 'string', default: String(Math.min(2, availableParallelism())) },
    json: { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const print = (line = '') => process.stdout.write(`${line}\n`)
if (values.help) {
  print('Probability of liquidation against Monte Carlo: 60 portfolios, 5 horizons, 2 worlds.')
  print('  --paths N    paths by world (1000000)   --threads N  (2)')
  print('  --all        every cell, not the worst  --json       one object, cells and result')
  process.exit(0)
}
const paths = whole('paths', values.paths)
const from = performance.now()
const simulated = await liquidationMonteCarlo({
  paths,
  threads: whole('threads', values.threads),
  heard(done, of) {
    if (done % Math.ceil(of / 20) < 5_000)
      process.stderr.write(`\r${Math.round((100 * done) / of)} % of ${of} paths`)
  },
})
process.stderr.write('\n')
const seconds = (performance.now() - from) / 1000

const cells = WORLDS.flatMap((world, w) => {
  const hits = simulated[w]
  return hits ? liquidationCells(world, hits, paths) : []
})
const owners = WORLDS.flatMap((world, w) => {
  const hits = simulated[w]
  return hits ? ownerCells(world, hits, paths) : []
})
const missed = cells.filter((cell) => Math.abs(errorOf(cell)) > BAR)
const passed = missed.length === 0 && cells.length > 0

if (values.json) print(JSON.stringify({ passed, paths, seconds, bar: BAR, cells, owners }))
else report()
process.exitCode = passed ? 0 : 1

function report(): void {
  print(
    `P(liquidation) against ${paths} paths in five-minute steps, ${seconds.toFixed(0)} s; P from ${BAND.from} to ${BAND.to}`,
  )
  for (const world of WORLDS) {
    print()
    print(world.name)
    print(
      row([
        'horizon',
        'cells',
        'worst',
        'median',
        'MC error',
        'delta worst',
        'reflection',
        'terminal',
      ]),
    )
    for (const { name } of HORIZONS) {
      const of = cells.filter((cell) => cell.world === world.name && cell.horizon === name)
      if (of.length === 0) continue
      print(
        row([
          name,
          String(of.length),
          percent(Math.max(...of.map((cell) => Math.abs(errorOf(cell))))),
          percent(median(of.map((cell) => Math.abs(errorOf(cell))))),
          percent(Math.max(...of.map((cell) => cell.standardError))),
          percent(Math.max(...of.map((cell) => Math.abs(cell.delta / cell.simulated - 1)))),
          percent(median(of.map((cell) => Math.abs(cell.reflection / cell.simulated - 1)))),
          percent(median(of.map((cell) => Math.abs(cell.terminal / cell.simulated - 1)))),
        ]),
      )
    }
    const mine = cells.filter((cell) => cell.world === world.name)
    const listed = values.all
      ? mine
      : [...mine].sort((a, b) => Math.abs(errorOf(b)) - Math.abs(errorOf(a))).slice(0, 10)
    print()
    print(values.all ? 'every cell' : 'worst cells')
    for (const cell of listed) print(lineOf(cell))
    reportOwners(owners.filter((owner) => owner.world === world.name))
  }
  print()
  print(
    'reflection, terminal: median errors of 2Φ̄(ln h/σ) and Φ̄(ln h/σ) with the same total variance; delta: from prices of now only',
  )
  print(
    passed
      ? `passed: every one of ${cells.length} cells within ${percent(BAR)}`
      : `missed: ${missed.length} of ${cells.length} cells beyond ${percent(BAR)}`,
  )
}

function reportOwners(of: readonly OwnerCell[]): void {
  if (of.length === 0) return
  const width = (pick: (owner: OwnerCell) => readonly [number, number]) =>
    percent(median(of.map((owner) => (pick(owner)[1] - pick(owner)[0]) / owner.simulated)))
  const off = (pick: (owner: OwnerCell) => readonly [number, number]) =>
    of.filter((owner) => {
      const noise = 3 * owner.standardError * owner.simulated
      const [low, high] = pick(owner)
      return owner.simulated < low - noise || owner.simulated > high + noise
    }).length
  const errors = of.map((owner) => Math.abs(owner.estimate / owner.simulated - 1))
  print()
  print(`any of three domains, ${of.length} owners`)
  print(
    `  Fréchet    median width ${width(({ frechet }) => frechet)}, simulation outside by 3 standard errors: ${off(({ frechet }) => frechet)}`,
  )
  print(
    `  Ditlevsen  median width ${width(({ ditlevsen }) => ditlevsen)}, simulation outside by 3 standard errors: ${off(({ ditlevsen }) => ditlevsen)}`,
  )
  print(
    `  estimate   median error ${percent(median(errors))}, worst ${percent(Math.max(...errors))}`,
  )
}

function errorOf(cell: Cell): number {
  return cell.model / cell.simulated - 1
}

function lineOf(cell: Cell): string {
  return [
    `${cell.horizon.padEnd(7)}${String(cell.portfolio).padStart(3)} ${cell.kind.padEnd(16)}`,
    `h ${cell.health.toFixed(3)}`,
    `P ${cell.simulated.toExponential(2)} ± ${percent(cell.standardError)}`,
    `ours ${cell.model.toExponential(2)} (${signed(errorOf(cell))})`,
    `reflection ${signed(cell.reflection / cell.simulated - 1)}`,
    `terminal ${signed(cell.terminal / cell.simulated - 1)}`,
    cell.name,
  ].join('  ')
}

function row(columns: readonly string[]): string {
  return columns.map((column) => column.padStart(12)).join('')
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}

function signed(share: number): string {
  return `${share >= 0 ? '+' : '−'}${percent(Math.abs(share))}`
}

function median(of: readonly number[]): number {
  const sorted = [...of].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

function whole(name: string, text: string): number {
  const n = Number(text)
  if (Number.isSafeInteger(n) && n > 0) return n
  process.stderr.write(`--${name} is ${text}; allowed: a whole number above 0.\n`)
  process.exit(2)
}
