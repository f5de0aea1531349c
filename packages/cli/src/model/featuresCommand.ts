import { writeFile } from 'node:fs/promises'
import { createTrainingTable, FEATURES } from '@plimsoll/forecast'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { columns, createCommand, text, toggle } from '../Command.ts'
import { barFiles, date, required } from './modelFlags.ts'
import { givenOrData, readAll } from './readBars.ts'

/** Writes the training table: features and targets by the one implementation that serves them too. */
export const featuresCommand = createCommand({
  name: 'model features',
  summary: 'Writes the training table (Parquet): every feature and target of every hourly origin.',
  examples: [
    ['plimsoll model features --out table.parquet', 'of the files in PLIMSOLL_DATA'],
    ['plimsoll model features --bars BTC=btc.csv,ETH=eth.csv --out table.parquet', 'of your own'],
    ['plimsoll model features --list', 'names and units, for a manifest'],
  ],
  flags: {
    bars: barFiles(
      'five-minute bars; BTC and ETH among them are the market (default: PLIMSOLL_DATA)',
    ),
    market: barFiles('BTC and ETH where they are not among the bars'),
    out: text('FILE', 'where to write the table'),
    from: date('first origin'),
    to: date('end of the origins, exclusive'),
    list: toggle('print the features instead'),
  },
  async run({ bars, market, out, from, to, list }) {
    if (list) {
      for (const line of columns(FEATURES.map(({ name, unit }) => [name, unit]))) console.log(line)
      return
    }
    const file = required('out', out, 'a file to write, like table.parquet')
    const read = await readAll(givenOrData(bars), market ?? [])
    const table = createTrainingTable(read.sums, read.market, {
      from: from ?? Number.NEGATIVE_INFINITY,
      to: to ?? Number.POSITIVE_INFINITY,
    })
    const bytes = parquetWriteBuffer({
      columnData: [
        { name: 'timestamp', data: table.timestamp, type: 'DOUBLE' },
        { name: 'asset', data: [...table.asset], type: 'STRING' },
        ...[...table.numbers].map(([name, data]) => ({
          name,
          data: Float32Array.from(data),
          type: 'FLOAT' as const,
        })),
      ],
      kvMetadata: [
        {
          key: 'features',
          value: JSON.stringify(FEATURES.map(({ name, unit }) => ({ name, unit }))),
        },
      ],
    })
    await writeFile(file, new Uint8Array(bytes))
    console.error(`${file}: ${table.rows} origins, ${FEATURES.length} features`)
  },
})
