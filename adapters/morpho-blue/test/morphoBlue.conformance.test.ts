import { lendingVenueSuite } from '@plimsoll/testkit'
import { createHarness } from './createHarness.ts'

lendingVenueSuite({ name: 'morpho-blue', create: createHarness })
