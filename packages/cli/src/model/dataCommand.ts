import { choice, createCommand, text } from '../Command.ts'
import { subcommands } from '../subcommands.ts'
import { date, required } from './modelFlags.ts'
import { EXCHANGES } from './pull/Exchange.ts'
import { type Page, pullBars } from './pull/pullBars.ts'
import { summary } from './readBars.ts'

const VENUES = ['binance_spot', 'binance_usdm', 'bybit_linear'] as const
const TIMEOUT_MS = 20_000

const pullCommand = createCommand({
  name: 'data pull',
  summary:
    'Fetches five-minute bars of a public exchange into CSV; goes on where an earlier run stopped.',
  examples: [
    ['plimsoll data pull --symbol BTCUSDT --from 2024-01-01 --out btc.csv', 'up to now'],
    [
      'plimsoll data pull --symbol LINKUSDT --venue bybit_linear --from 2024-01-01 --out link.csv',
      '',
    ],
  ],
  flags: {
    symbol: text('SYMBOL', "the exchange's name of the market, like BTCUSDT"),
    venue: choice(VENUES, 'binance_spot', 'exchange'),
    from: date('first bar of a new file'),
    to: date('end, exclusive (default now)'),
    out: text('FILE', 'CSV file to write or to go on with'),
  },
  async run({ symbol, venue, from, to, out }) {
    const file = required('out', out, 'a CSV file')
    const { added, findings } = await pullBars(
      {
        exchange: EXCHANGES[venue],
        symbol: required('symbol', symbol, 'a symbol like BTCUSDT'),
        from: required('from', from, 'a date to begin at'),
        to: to ?? Number.POSITIVE_INFINITY,
        file,
      },
      {
        get,
        sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
        now: () => Date.now() / 1000,
        onProgress: (message) => console.error(message),
      },
    )
    console.log(`${file}: ${added} bars added`)
    for (const line of summary(findings)) console.log(`${file}: ${line}`)
  },
})

async function get(url: string): Promise<Page> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) })
  const after = Number(response.headers.get('retry-after') ?? Number.NaN)
  const body: unknown = await response.json().catch(() => null)
  return { status: response.status, retryAfter: Number.isNaN(after) ? null : after, body }
}

/** Everything about market data. */
export const dataCommand = subcommands({
  name: 'data',
  summary: 'Fetches market data of public exchanges.',
  commands: [pullCommand],
})
