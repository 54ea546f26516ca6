// Package events is what the stations say: the schema, the subscriber's side,
// and what is promised. Package outbox keeps and forwards events.
//
//	report, err := events.Subscribe(ctx, events.Hub{URL: "nats://hub:4222"}, events.SubscribeOptions{},
//		func(r events.Received) error { … })
//
// Promises, each with its tests (in package outbox, here, or in cmd/edge for the
// whole program):
//
//   - when Append has returned, the event is on the disk:
//     TestWhenAppendHasReturnedAPowerCutLosesNothing,
//     TestWhenAppendHasReturnedTheEventIsOnTheDisk
//   - an event is never lost and never doubled, whenever the agent is killed:
//     TestNeverLostNeverDoubledWheneverTheAgentIsKilled,
//     TestNeverLostNeverDoubledWheneverTheProgramIsKilled,
//     TestAKillBetweenADescriptionAndItsChecksumKeepsTheIncarnation
//   - an event is never lost and never doubled through restarts of the hub:
//     TestNeverLostNeverDoubledThroughRestartsOfTheHub
//   - an event is never doubled by a hub that stored it and lost the
//     acknowledgement, however long ago:
//     TestNeverDoubledByAHubThatLostTheAcknowledgement
//   - an event is never lost and never doubled through a network that stalls,
//     resets and drips: TestNeverLostNeverDoubledThroughABadNetwork
//   - an event is never lost, never doubled and never out of order under load:
//     TestNeverLostNeverDoubledUnderLoad
//   - the order of a station's events is kept, whatever the clock does:
//     TestTheOrderIsKeptWhateverTheClockDoes,
//     TestNeverLostNeverDoubledWhateverTheSystemClockDoes
//   - sequences go on after a restart, and a new store has a new incarnation:
//     TestSequencesGoOnAfterARestartAndANewStoreHasANewIncarnation
//   - evidence is at the hub before the event that says it is stored:
//     TestEvidenceIsAtTheHubBeforeTheEventThatSaysItIsStored
//   - a full store sheds what the hub has, then PASS, heartbeats, INVALID,
//     REVIEW, states, alarms and FAIL, and an alarm says what:
//     TestAFullStoreShedsInTheOrderDeclaredAndAnAlarmSaysWhat,
//     TestForwardedEventsAreRemovedFirst, TestPicturesThatTheHubHasAreRemovedFirst
//   - a full disk refuses events and never blocks, and what was stored stays:
//     TestAFullDiskRefusesEventsAndNeverBlocks
//   - a store that cannot store says the reserve and the remedy, in Status too, until
//     it can again; Close says that events were lost: TestStore_FullDiskSaysWhatToDo
//   - while the embedded server restarts after a failed write, Append refuses at once
//     and Status answers: TestStore_SlowRestart
//   - a second store on the same folder is refused with the process id of the first,
//     and a crash leaves no stale lock: TestStore_FolderInUse
//   - no picture and no event that the hub cannot take holds up the events behind it;
//     status and an alarm say what was left out, and subscribers learn why they miss
//     an event: TestForwarder_PicturesLargerThanAMessage,
//     TestBucket_SecondTryWithoutRollup, TestForwarder_UnusableBucket,
//     TestForwarder_OversizedEvent
//   - events that consumers or max_age remove from the hub's stream cost no reconnect:
//     TestForwarder_ConsumedEvents
//   - streams and buckets that the agent creates at the hub have the configured sizes:
//     TestForwarder_AccountRequiresSizes
//   - Status says why the hub takes no events, by a stable code, in words and with a
//     remedy, and that it takes them only after it acknowledged one:
//     TestForwarder_SaysWhyTheHubTakesNoEvents,
//     TestForwarder_ConnectedOnlyAfterAnAcknowledgement
//   - a hub that refuses the user is tried for ever, with the secrets that the files
//     hold then: TestForwarder_UserRefused, TestSubscribe_UserRefused,
//     TestServe_UserRefused
//   - within 3 heartbeats subscribers learn from the hub that a station is gone, and
//     at once that it was stopped (package presence); a hub that cannot do so is
//     reported once:
//     TestAnnounce_KilledStationIsGoneWithinThreeHeartbeats,
//     TestAnnounce_StoppedStation, TestAnnounce_HubRestarts,
//     TestAnnounce_HubForbidsIt, TestAnnounce_BucketWithoutMarkers,
//     TestList_Presence, TestPresence_WatchAndFleet
//   - a subscriber that stores its Position goes on after its own restart:
//     TestASubscriberThatStoresItsPositionGoesOnAfterItsRestart
//   - an answer to a trigger (HTTP, NATS, Modbus, GPIO) does not wait for its
//     event, which follows, in the order of the verdicts:
//     TestTrigger_AnswersBeforeASlowDisk,
//     TestQueue_SlowDiskStallsNobodyAndKeepsTheOrder
//
// How often that is tried: every run of the tests kills the store's process 200
// times and the whole program, with model and camera, 20 times (make soak: each
// 1,000 times), and loses, doubles and disorders nothing; the kills and the
// other faults are tried again with a system clock that jumps by up to a year
// ten times a second. 1,000 kills of the program (PRISTINE_SOAK=1 go test -v -run
// WheneverTheProgram ./cmd/edge, 22 minutes on two busy cores) left 2,477
// verdicts said aloud and 6,078 events at the hub; of the store (WheneverTheAgent
// ./events/outbox) 22,191 events acknowledged and 22,562 at the hub; 200 power
// cuts (PowerCut ./events/outbox) 10,710 and 10,907. None was lost, doubled or out
// of order.
//
// Non-promises, with tests of what happens instead:
//
//   - an answer says nothing of its event: when the program is killed, or its
//     queue of 1,024 results is full, before the event is on the disk, there is
//     none. Results that had no room are counted, an agent that lost some exits
//     with an error, and pictures are given up before events:
//     TestQueue_FullGivesUpPicturesBeforeEvents,
//     TestRun_LostEventsAreItsError
//   - an event that Append refused for want of space is counted and told in an
//     alarm, and is gone: TestAFullDiskRefusesEventsAndNeverBlocks
//   - an older copy of a store that is put back becomes another incarnation, and
//     its events come once, unless the copy was made before the store had reached
//     its hub: then what stands in it may come twice, under two ids:
//     TestAnOlderCopyThatIsPutBackBecomesAnotherIncarnation,
//     TestAnOlderCopyThatWasStartedTwiceBeforeItReachesTheHub
//   - a subscriber that dies between handling an event and storing its Position
//     handles it twice; event ids let it know:
//     TestASubscriberThatDiesBeforeItStoresItsPositionHandlesAnEventTwice
//   - what another program writes to a station's subjects at the hub stays there;
//     subscribers refuse it, and the station's own events lose nothing:
//     TestWhatOthersWriteToAStationsSubjectsIsRefused
//
// And without a test: a hub whose stream hands events on (work queue, interest, a
// short max_age) cannot say what it had, so that an agent that is killed between an
// acknowledgement and its note, and comes back after the duplicate window, sends one
// event twice; a bucket that does not answer for now (no leader) is waited for;
// events of two stations have no order between them, and a
// disk that lies about fsync loses what it loses.
//
// Functions are safe for concurrent use; handlers are called one at a time.
package events
