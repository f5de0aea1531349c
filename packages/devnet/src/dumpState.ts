import { gunzipSync } from 'node:zlib'
import { hexToBytes } from 'viem'
import type { DevnetClient } from './client.ts'

interface StateDump {
  readonly best_block_number: string | number
  readonly blocks: readonly { readonly header: { readonly number: string | number } }[]
  readonly [key: string]: unknown
}

/**
 * Takes the chain's state as text for anvil's `--load-state`.
 *
 * Only accounts and the last block stay: the history makes a dump five times as large, and anvil refuses to load it.
 */
export async function dumpState(client: DevnetClient): Promise<string> {
  const dump = JSON.parse(gunzipSync(hexToBytes(await client.dumpState())).toString()) as StateDump
  const best = BigInt(dump.best_block_number)
  const blocks = dump.blocks.filter(({ header }) => BigInt(header.number) === best)
  return JSON.stringify({ ...dump, blocks, transactions: [], historical_states: null })
}
