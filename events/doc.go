// Package events defines the events of stations: the schema, the subscriber, and the
// promises. Package outbox stores and forwards events.
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
//   - an event is never lost or duplicated, whenever the agent is killed:
//     TestNeverLostNeverDoubledWheneverTheAgentIsKilled,
//     TestNeverLostNeverDoubledWheneverTheProgramIsKilled,
//     TestAKillBetweenADescriptionAndItsChecksumKeepsTheIncarnation
//   - an event is never lost or duplicated through restarts of the hub:
//     TestNeverLostNeverDoubledThroughRestartsOfTheHub
//   - an event is never duplicated by a hub that stored it and lost the
//     acknowledgement, however long ago:
//     TestNeverDoubledByAHubThatLostTheAcknowledgement
//   - an event is never lost or duplicated through a network that stalls, resets and
//     drips: TestNeverLostNeverDoubledThroughABadNetwork
//   - an event is never lost, duplicated or out of order under load:
//     TestNeverLostNeverDoubledUnderLoad
//   - the order of a station's events is kept, whatever the clock does:
//     TestTheOrderIsKeptWhateverTheClockDoes,
//     TestNeverLostNeverDoubledWhateverTheSystemClockDoes
//   - sequences continue after a restart, and a new store has a new incarnation:
//     TestSequencesGoOnAfterARestartAndANewStoreHasANewIncarnation
//   - evidence is at the hub before the event that refers to it:
//     TestEvidenceIsAtTheHubBeforeTheEventThatSaysItIsStored
//   - a full store sheds what the hub has, then PASS, heartbeats, INVALID,
//     REVIEW, states, alarms and FAIL, and an alarm says what:
//     TestAFullStoreShedsInTheOrderDeclaredAndAnAlarmSaysWhat,
//     TestForwardedEventsAreRemovedFirst, TestPicturesThatTheHubHasAreRemovedFirst
//   - a full disk refuses events and never blocks, and stored events stay:
//     TestAFullDiskRefusesEventsAndNeverBlocks
//   - a store without space reports the reserve and the remedy, also in Status, until it
//     has space again; Close reports lost events: TestStore_FullDiskSaysWhatToDo
//   - while the embedded server restarts after a failed write, Append refuses at once
//     and Status answers: TestStore_SlowRestart
//   - a second store on the same folder is refused with the process id of the first,
//     and a crash leaves no stale lock: TestStore_FolderInUse
//   - a picture or event that the hub cannot accept does not delay later events; status
//     and an alarm report it, and subscribers learn why an event is missing:
//     TestForwarder_PicturesLargerThanAMessage,
//     TestBucket_SecondTryWithoutRollup, TestForwarder_UnusableBucket,
//     TestForwarder_OversizedEvent
//   - events that consumers or max_age remove from the hub's stream cost no reconnect:
//     TestForwarder_ConsumedEvents
//   - streams and buckets that the agent creates at the hub have the configured sizes:
//     TestForwarder_AccountRequiresSizes
//   - Status reports why the hub accepts no events, with a stable code, a text and a
//     remedy, and reports that it accepts them only after an acknowledgement:
//     TestForwarder_SaysWhyTheHubTakesNoEvents,
//     TestForwarder_ConnectedOnlyAfterAnAcknowledgement
//   - a hub that refuses the user is retried indefinitely, with the current content of
//     the secret files: TestForwarder_UserRefused, TestSubscribe_UserRefused,
//     TestServe_UserRefused
//   - within 3 heartbeats subscribers learn from the hub that a station is gone, and
//     at once that it was stopped (package presence); a hub that cannot do so is
//     reported once:
//     TestAnnounce_KilledStationIsGoneWithinThreeHeartbeats,
//     TestAnnounce_StoppedStation, TestAnnounce_HubRestarts,
//     TestAnnounce_HubForbidsIt, TestAnnounce_BucketWithoutMarkers,
//     TestList_Presence, TestPresence_WatchAndFleet
//   - a subscriber that stores its Position continues after its own restart:
//     TestASubscriberThatStoresItsPositionGoesOnAfterItsRestart
//   - an answer to a trigger (HTTP, NATS, Modbus, GPIO) does not wait for its
//     event, which follows, in the order of the verdicts:
//     TestTrigger_AnswersBeforeASlowDisk,
//     TestQueue_SlowDiskStallsNobodyAndKeepsTheOrder
//
// Coverage: every run of the tests kills the store's process 200 times and the whole
// program, with model and camera, 20 times (make soak: 1,000 times each). No event is
// lost, duplicated or out of order. The kills and the other faults are repeated with a
// system clock that jumps by up to a year ten times a second. 1,000 kills of the program
// (PRISTINE_SOAK=1 go test -v -run WheneverTheProgram ./cmd/edge, 22 minutes on two busy
// cores) left 2,477 printed verdicts and 6,078 events at the hub. 1,000 kills of the
// store (WheneverTheAgent ./events/outbox) left 22,191 acknowledged events and 22,562 at
// the hub, and 200 power cuts (PowerCut ./events/outbox) 10,710 and 10,907. None was
// lost, duplicated or out of order.
//
// Non-promises, with tests of the actual behaviour:
//
//   - an answer does not guarantee an event: if the program is killed, or its queue of
//     1,024 results is full, before the event is on the disk, there is none. Lost
//     results are counted, an agent that lost some exits with an error, and pictures
//     are dropped before events:
//     TestQueue_FullGivesUpPicturesBeforeEvents,
//     TestRun_LostEventsAreItsError
//   - an event that Append refused for lack of space is lost; it is counted and
//     reported in an alarm: TestAFullDiskRefusesEventsAndNeverBlocks
//   - a restored older copy of a store becomes another incarnation. Its events arrive
//     once, unless the copy was made before the store had reached its hub: then they may
//     arrive twice, with two ids:
//     TestAnOlderCopyThatIsPutBackBecomesAnotherIncarnation,
//     TestAnOlderCopyThatWasStartedTwiceBeforeItReachesTheHub
//   - a subscriber that dies between handling an event and storing its Position handles
//     it twice, and can detect that by the event's id:
//     TestASubscriberThatDiesBeforeItStoresItsPositionHandlesAnEventTwice
//   - messages that another program publishes on a station's subjects stay at the hub;
//     subscribers refuse them, and the station's own events are not affected:
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
