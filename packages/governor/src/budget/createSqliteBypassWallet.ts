import { createHash } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { BaseError, reason, type Usd, usd } from '@plimsoll/domain'
import { type BypassAllowance, type BypassWallet, drawFrom } from './BypassWallet.ts'
import { CorruptBudgetError } from './errors.ts'

const SCHEMA = `CREATE TABLE IF NOT EXISTS bypass (name TEXT PRIMARY KEY, body TEXT NOT NULL, digest TEXT NOT NULL) STRICT`

/**
 * Opens an agent's wallet in a file of its own: a draw is on disk before it is answered.
 *
 * An empty file is an empty wallet: losing it loses the allowance, never brings one.
 *
 * @throws {@link CorruptBudgetError} when the file is damaged.
 */
export function createSqliteBypassWallet(path: string): BypassWallet {
  const guarded = <T>(work: () => T): T => {
    try {
      return work()
    } catch (cause) {
      if (cause instanceof BaseError) throw cause
      throw new CorruptBudgetError({ store: path, found: reason(cause), cause })
    }
  }
  const database = guarded(() => {
    const opened = new DatabaseSync(path)
    opened.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${SCHEMA}`)
    return opened
  })
  const select = database.prepare('SELECT body, digest FROM bypass WHERE name = ?')
  const all = database.prepare('SELECT body, digest FROM bypass ORDER BY name')
  const write = database.prepare(
    `INSERT INTO bypass (name, body, digest) VALUES (?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET body = excluded.body, digest = excluded.digest`,
  )
  const nameOf = (p: { readonly asset: string; readonly venue: string }) => `${p.asset}@${p.venue}`
  const save = (allowance: BypassAllowance): void => {
    const body = JSON.stringify(allowance, (_, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    )
    write.run(nameOf(allowance), body, digestOf(body))
  }
  const load = (row: Readonly<Record<string, unknown>>): BypassAllowance => {
    const body = String(row.body)
    if (digestOf(body) !== row.digest)
      throw new CorruptBudgetError({ store: path, found: 'text that its digest does not match' })
    const { granted, draws, ...rest } = JSON.parse(body)
    const amount = (text: string): Usd => usd(BigInt(text))
    return {
      ...rest,
      granted: amount(granted),
      draws: Object.fromEntries(
        Object.entries<string>(draws).map(([id, drawn]) => [id, amount(drawn)]),
      ),
    }
  }

  return {
    fill: (allowance) => guarded(() => save(allowance)),
    draw: (p) =>
      guarded(() => {
        const row = select.get(nameOf(p))
        if (row === undefined) return usd(0n)
        const before = load(row)
        const { allowance, drawn } = drawFrom(before, p)
        if (allowance !== before) save(allowance)
        return drawn
      }),
    read: () => guarded(() => all.all().map(load)),
    close: () => database.close(),
  }
}

const digestOf = (body: string): string => createHash('sha256').update(body).digest('hex')
