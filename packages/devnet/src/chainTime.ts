import type { DevnetClient } from './client.ts'

/**
 * Makes the chain's time its own: every mined block is one second after the last, whatever the wall clock says.
 *
 * So no two blocks share a timestamp (perp feeds ignore the second), and two runs make the same blocks.
 */
export async function detachClock(client: DevnetClient): Promise<void> {
  await client.setBlockTimestampInterval({ interval: 1 })
}

/** Mines one block at a time of choice, later than the last block's. [s] */
export async function mineAt(client: DevnetClient, timestamp: bigint): Promise<void> {
  await client.setNextBlockTimestamp({ timestamp })
  await client.mine({ blocks: 1 })
}

/** Mines one block some seconds after the last. [s] */
export async function mineAfter(client: DevnetClient, seconds: number): Promise<void> {
  const { timestamp } = await client.getBlock()
  await mineAt(client, timestamp + BigInt(seconds))
}
