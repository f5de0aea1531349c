import { meanOf } from './dieboldMariano.ts'
import type { Chance } from './reliability.ts'

/** A chance and when it was forecast. [s] */
export type DatedChance = Chance & { readonly timestamp: number }

/** Skill with its 95 % interval. */
export type Skill = { readonly skill: number; readonly low: number; readonly high: number }

const DAY = 86_400
/** Days that hang together: origins of one day reach into the next. */
const LAG = 2

/**
 * Brier skill over the window's own rate, `1 − Σ(p − y)² / Σ(ȳ − y)²`, with an interval clustered by day.
 *
 * The interval is the delta method's: each day's share in the ratio, its variance by Newey and West over days, so that
 * a crash seen by two dozen origins counts about once.
 */
export function brierSkill(chances: readonly DatedChance[]): Skill {
  const rate = meanOf(chances.map(({ happened }) => (happened ? 1 : 0)))
  const days = new Map<number, { ours: number; theirs: number }>()
  for (const { probability, happened, timestamp } of chances) {
    const day = Math.floor(timestamp / DAY)
    const sums = days.get(day) ?? { ours: 0, theirs: 0 }
    const y = happened ? 1 : 0
    days.set(day, {
      ours: sums.ours + (probability - y) ** 2,
      theirs: sums.theirs + (rate - y) ** 2,
    })
  }
  const list = [...days].sort(([a], [b]) => a - b).map(([, sums]) => sums)
  const ours = meanOf(list.map((sums) => sums.ours))
  const theirs = meanOf(list.map((sums) => sums.theirs))
  const ratio = ours / theirs
  const influence = list.map((sums) => (sums.ours - ratio * sums.theirs) / theirs)
  const n = influence.length
  let variance = 0
  for (let k = 0; k <= Math.min(LAG, n - 1); k++) {
    let sum = 0
    for (let i = k; i < n; i++) sum += (influence[i] ?? 0) * (influence[i - k] ?? 0)
    variance += ((k === 0 ? 1 : 2 * (1 - k / (LAG + 1))) * sum) / n
  }
  const half = 1.96 * Math.sqrt(Math.max(0, variance) / n)
  return { skill: 1 - ratio, low: 1 - ratio - half, high: 1 - ratio + half }
}
