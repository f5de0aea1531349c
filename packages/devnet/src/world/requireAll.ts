import { DevnetTransactionError } from '../errors.ts'
import type { MinedBlock, WorldCall } from './createBlockBuilder.ts'
import type { WorldClient } from './Stage.ts'

/** Why a call was reverted: what it throws when made again on the latest block; null when it then goes through. */
export async function explainRevert(client: WorldClient, call: WorldCall): Promise<unknown> {
  const { from: account, to, data, value = 0n } = call
  return client.call({ account, to, data, value }).then(
    () => null,
    (cause: unknown) => cause,
  )
}

/** @throws {@link DevnetTransactionError} naming the first transaction of the block that was reverted. */
export async function requireAll(client: WorldClient, { calls }: MinedBlock): Promise<void> {
  const failed = calls.find(({ succeeded }) => !succeeded)
  if (failed === undefined) return
  const { call } = failed
  throw new DevnetTransactionError({
    action: call.action,
    cause: await explainRevert(client, call),
  })
}
