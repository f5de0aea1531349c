import { appendFile, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { InvalidInputError } from '@plimsoll/domain'
import { BAR_SECONDS, type BarFinding, parseBars } from '@plimsoll/forecast'
import type { Exchange } from './Exchange.ts'

/** Answer of an exchange's server. */
export type Page = {
  readonly status: number
  /** Seconds the server asks to wait; null when it does not say. */
  readonly retryAfter: number | null
  readonly body: unknown
}

/** What pulling needs of the world: tests hand in recordings. */
export type PullPorts = {
  readonly get: (url: string) => Promise<Page>
  readonly sleep: (ms: number) => Promise<void>
  /** [s] */
  readonly now: () => number
  readonly onProgress: (message: string) => void
}

const HEADER = 'ts,open,high,low,close,volume,venue\n'
const MAX_TRIES = 6
/** Weight limits of public endpoints allow several pages a second. */
const PAUSE_MS = 150

/**
 * Pulls the five-minute bars of a symbol into a CSV file, page by page, on from the last bar that the file has.
 *
 * The bar that is not over yet is left out. What the exchange does not have stays a hole and is found.
 *
 * @returns Bars added, and everything that is wrong with the file as it is now.
 * @throws InvalidInputError when the exchange refuses, or the file is not of this format.
 */
export async function pullBars(
  p: {
    readonly exchange: Exchange
    readonly symbol: string
    /** First bar of a new file. [s] */
    readonly from: number
    /** End, exclusive. [s] */
    readonly to: number
    readonly file: string
  },
  ports: PullPorts,
): Promise<{ readonly added: number; readonly findings: readonly BarFinding[] }> {
  const { exchange, symbol, file } = p
  const last = await lastBar(file)
  if (last === null) await writeFile(file, HEADER)
  else ports.onProgress(`${file}: goes on after ${iso(last)}`)
  const first = last === null ? Math.ceil(p.from / BAR_SECONDS) * BAR_SECONDS : last + BAR_SECONDS
  let added = 0
  let next = first
  for (;;) {
    const end = Math.min(p.to, Math.floor(ports.now() / BAR_SECONDS) * BAR_SECONDS)
    if (next >= end) break
    const page = exchange.parse(await fetchPage(exchange.url(symbol, next), ports))
    const fresh = page.filter(({ ts }) => ts >= next && ts < end)
    if (fresh.length === 0) {
      const later = page.find(({ ts }) => ts >= end)
      if (page.length > 0 || later !== undefined) break
      // An empty page: nothing was traded so long. Look on where the next page would begin.
      next += exchange.limit * BAR_SECONDS
      continue
    }
    const lines = fresh.map(
      (k) => `${k.ts},${k.open},${k.high},${k.low},${k.close},${k.volume},${exchange.venue}\n`,
    )
    await appendFile(file, lines.join(''))
    added += fresh.length
    next = (fresh.at(-1)?.ts ?? next) + BAR_SECONDS
    const share = (100 * (next - first)) / Math.max(BAR_SECONDS, end - first)
    ports.onProgress(`${symbol} ${iso(next)}  ${share.toFixed(0)} %  ${added} bars`)
    await ports.sleep(PAUSE_MS)
  }
  const { findings } = parseBars(await readFile(file, 'utf8'), symbol)
  return { added, findings }
}

/** Open time of the file's last whole line, cutting off a line that a break-off tore; null without a file. */
async function lastBar(file: string): Promise<number | null> {
  const found = await stat(file).catch(() => null)
  if (found === null || found.size === 0) return null
  const text = await readFile(file, 'utf8')
  if (!text.startsWith(HEADER.trimEnd()))
    throw new InvalidInputError({
      field: file,
      found: text.slice(0, 60),
      allowed: `a file that begins with ${HEADER.trimEnd()}, or none`,
    })
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  if (whole.length < text.length) await truncate(file, Buffer.byteLength(whole))
  const ts = Number(whole.trimEnd().split('\n').at(-1)?.split(',')[0])
  return Number.isInteger(ts) ? ts : null
}

/** A page, asked for again with growing pauses while the server is busy. */
async function fetchPage(url: string, { get, sleep, onProgress }: PullPorts): Promise<unknown> {
  for (let attempt = 1; ; attempt++) {
    const page = await get(url).catch((cause: unknown): Page => {
      if (attempt === MAX_TRIES) throw cause
      return { status: 0, retryAfter: null, body: null }
    })
    if (page.status === 200) return page.body
    const busy =
      page.status === 0 || page.status === 418 || page.status === 429 || page.status >= 500
    if (!busy || attempt === MAX_TRIES)
      throw new InvalidInputError({
        field: `answer of ${new URL(url).host}`,
        found: `status ${page.status}: ${JSON.stringify(page.body)?.slice(0, 200)}`,
        allowed:
          'a page of klines; check symbol and venue, or run the same command later: it goes on',
      })
    const wait = page.retryAfter === null ? 1_000 * 2 ** attempt : 1_000 * page.retryAfter
    onProgress(`busy (${page.status}), again in ${wait / 1000} s`)
    await sleep(wait)
  }
}

const iso = (time: number): string => new Date(time * 1000).toISOString().slice(0, 16)
