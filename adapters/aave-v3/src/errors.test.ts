import { RevertedError } from '@plimsoll/domain'
import { encodeErrorResult, parseAbi } from 'viem'
import { describe, expect, test } from 'vitest'
import { decodeAaveRevert } from './errors.ts'

const solidity = parseAbi(['error Error(string message)'])
const revert = (message: string) =>
  encodeErrorResult({ abi: solidity, errorName: 'Error', args: [message] })

describe('decodeAaveRevert', () => {
  test('default: a code becomes its name', () => {
    const error = decodeAaveRevert('aave-v3:0x1', revert('35'))
    expect(error).toBeInstanceOf(RevertedError)
    expect(error).toMatchObject({
      reason: 'HEALTH_FACTOR_LOWER_THAN_LIQUIDATION_THRESHOLD',
      code: 'VENUE_AAVE_35',
      recovery: 'refresh',
    })
  })

  test('behavior: a wrong call halts, a code of a newer pool keeps its number', () => {
    expect(decodeAaveRevert('v', revert('26'))?.recovery).toBe('halt')
    expect(decodeAaveRevert('v', revert('99'))?.reason).toBe('error 99 of Aave')
  })

  test.each(['0', '100', '35 ', 'ERC20: transfer amount exceeds balance', ''])(
    'behavior: the message %j is not Aave’s',
    (message) => {
      expect(decodeAaveRevert('v', revert(message))).toBeNull()
    },
  )
})
