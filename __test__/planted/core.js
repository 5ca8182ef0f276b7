// @ts-check
'use strict';

/**
 * Faults of the core. The model (`src/session/model/`) or a test of its own must see each.
 *
 * @type {import('../../scripts/planting/fault').Fault[]}
 */
const FAULTS = [
  {
    name: 'a close is answered twice',
    edits: [
      {
        file: 'src/session/books.rs',
        find: 'self.mailbox.report(Event::State(State::Closed { request: number }));',
        replace:
          'self.mailbox.report(Event::State(State::Closed { request: number }));' +
          'self.mailbox.report(Event::State(State::Closed { request: number }));',
      },
    ],
    check: { cargo: 'session::model', says: /closed \d+ (is told again|after \d+)/ },
  },
  {
    name: 'of two closes only the first is answered',
    edits: [
      {
        file: 'src/session/wishes.rs',
        find: 'self.disconnects.drain(..).map(|disconnect| disconnect.number)',
        replace: 'self.disconnects.drain(..).map(|disconnect| disconnect.number).take(1)',
      },
    ],
    check: { cargo: 'session::model', says: /Disconnect .* has not ended in time/ },
  },
  {
    name: 'closed overtakes what it ended',
    edits: [
      {
        file: 'src/session/mailbox.rs',
        find: '.take_while(|(after, _)| after <= taken)',
        replace: '.take_while(|_| *taken < u64::MAX)',
      },
    ],
    check: {
      cargo: 'session::model',
      says: /closed is told before operation \d+|publish \d+ is done, and no connection stands/,
    },
  },
  {
    name: 'an acknowledgement overtakes the connection that it came by',
    edits: [
      {
        file: 'src/session/mailbox.rs',
        find: 'ids.len().min(outbox.free())',
        replace: 'ids.len().min(outbox.free().max(outbox.acknowledged.len()))',
      },
    ],
    check: { cargo: 'session::model', says: /publish \d+ is done, and no connection stands/ },
  },
  {
    name: 'a renewal is carried out though its connection is lost',
    edits: [
      {
        file: 'src/session/wishes.rs',
        find: 'Some(_) if request.replaces != self.standing => {}',
        replace: 'Some(_) if request.replaces.is_none() => {}',
      },
    ],
    check: {
      cargo: 'session::model',
      says: /renewal \d+ of \d+, and .* stands|a connection that nobody owns/,
    },
  },
  {
    name: 'a close ends operations of the connection behind it',
    edits: [
      {
        file: 'src/session/books.rs',
        find: 'self.ledger.hold(self.wishes.is_behind_close());',
        replace: 'self.ledger.hold(false);',
      },
    ],
    check: { cargo: 'session::model', says: /operation \d+ fails without a cause/ },
  },
  {
    name: 'a replay without DUP',
    edits: [{ file: 'src/session/ledger.rs', find: 'publish.dup = true;', replace: 'publish.dup = false;' }],
    check: { cargo: 'session::model', says: /publish \d+ is sent again without DUP/ },
  },
  {
    name: 'a replay in the wrong order',
    edits: [{ file: 'src/session/ledger.rs', find: 'order.sort_unstable();', replace: 'order.reverse();' }],
    check: { cargo: 'session::model', says: /publish \d+ (comes behind|passes) \d+ on link/ },
  },
  {
    name: 'new publishes before the replay',
    edits: [
      {
        file: 'src/session/ledger.rs',
        find: 'let written = if let Some(packet_id) = self.replay.pop_front() {',
        replace:
          'let written = if let Some(packet_id) = if self.queue.is_empty() { self.replay.pop_front() } else { None } {',
      },
    ],
    check: { cargo: 'session::model', says: /passes \d+ on link|is sent before the replay of/ },
  },
  {
    name: 'an id is told twice',
    edits: [
      {
        file: 'src/session/ledger.rs',
        find: 'let Written { id, packet, sequence, .. } = entry.remove();',
        replace:
          'let (id, sequence) = (entry.get().id, entry.get().sequence); let packet = std::mem::replace(&mut entry.into_mut().packet, Packet::Cancelled(answer));',
      },
    ],
    check: {
      cargo: 'session::model',
      says: /operation \d+ is told a second time|in flight, and \d+ operations/,
    },
  },
  {
    name: 'an id is forgotten at a close',
    edits: [
      {
        file: 'src/session/books.rs',
        find: 'for Failed { id, delivery } in failed {',
        replace: 'for Failed { id, delivery } in failed.into_iter().skip(1) {',
      },
    ],
    check: { cargo: 'session::model', says: /closed is told before operation \d+/ },
  },
  {
    name: 'a cancelled message is replayed',
    edits: [
      {
        file: 'src/session/ledger.rs',
        find: 'written.packet = Packet::Cancelled(written.packet.answer());\n                self.cancelled += 1;',
        replace: '',
      },
    ],
    check: { cargo: 'session::model', says: /operation \d+ is (sent after its end|told a second time)/ },
  },
  {
    name: 'what is cancelled offline leaves ghosts',
    edits: [
      {
        file: 'src/session/ledger.rs',
        find: 'written.sent = false;\n',
        replace: '',
      },
    ],
    check: { cargo: 'session::', says: /\d+ in flight, and \d+ operations|is_blank/ },
  },
  {
    name: 'a SUBACK counts for a publish',
    edits: [
      {
        file: 'src/session/ledger.rs',
        find: 'if answer != expected {',
        replace: 'if false && answer != expected {',
      },
    ],
    check: {
      cargo: 'session::model',
      says: /operation \d+ is told as a publish|no PUBACK for it came|is granted/,
    },
  },
  {
    name: 'an acknowledgement counts though its connection has not seen the packet',
    edits: [{ file: 'src/session/ledger.rs', find: 'if !written.sent {', replace: 'if false {' }],
    check: { cargo: 'session::ledger', says: /a_packet_this_connection_has_not_seen/ },
  },
  {
    name: 'a panic leaves callbacks untold',
    edits: [
      { file: 'src/session/driver.rs', find: 'if self.watching {', replace: 'if false && self.watching {' },
    ],
    check: { cargo: 'session::model', says: /a panic was not told/ },
  },
  {
    name: 'a panic on the thread of the app leaves callbacks untold',
    edits: [
      {
        file: 'src/session/mod.rs',
        find: 'Err(Panicked) => self.mailbox.break_off(driver::broken()),',
        replace: 'Err(Panicked) => {}',
      },
    ],
    check: { cargo: 'session::', says: /a panic was not told|a_panic_on_the_apps_thread/ },
  },
  {
    name: 'a dead network thread is not replaced',
    edits: [
      {
        file: 'src/runtime.rs',
        find: '&& alive.strong_count() > 0',
        replace: '&& alive.strong_count() < usize::MAX',
      },
    ],
    check: { cargo: 'runtime::', says: /a_thread_that_died_is_replaced/ },
  },
  {
    name: 'a message is acknowledged in the place of one that was left to redelivery',
    edits: [
      {
        file: 'src/session/inbound.rs',
        find: 'self.leaves_out |= matches!',
        replace: 'self.leaves_out = matches!',
      },
    ],
    check: { cargo: 'session::model', says: /is told though one before it was left to redelivery/ },
  },
  {
    name: 'acknowledgements out of order',
    edits: [
      {
        file: 'src/session/receipts.rs',
        find: 'self.owed.pop_front_if(|owed| owed.settled).map(|owed| owed.packet_id)',
        replace:
          'let at = self.owed.iter().position(|owed| owed.settled)?; ' +
          'self.owed.remove(at).map(|owed| owed.packet_id)',
      },
    ],
    check: {
      cargo: 'session::model',
      says: /PUBACK \d+ where .* is due|is acknowledged before it is settled/,
    },
  },
  {
    name: 'what the app has settled is not acknowledged before DISCONNECT',
    edits: [
      {
        file: 'src/session/online.rs',
        find: 'self.write_receipts(usize::MAX);\n        // Into a buffer',
        replace: '// Into a buffer',
      },
    ],
    check: { cargo: 'session::model', says: /DISCONNECT on link \d+ leaves \d+ settled messages/ },
  },
  {
    name: 'the answer to an earlier renewal counts for a later one',
    edits: [
      {
        file: 'src/session/online.rs',
        find: 'self.books.caught_up == Some(next.number)',
        replace: 'self.books.caught_up.is_some_and(|number| number <= next.number)',
      },
    ],
    check: { cargo: 'session::model', says: /DISCONNECT, and nobody wanted it, or was done/ },
  },
  {
    name: 'the keep-alive is broken while a PINGRESP is awaited',
    edits: [
      {
        file: 'src/session/liveness.rs',
        find: 'self.keep_alive.map_or(silence, |limit| silence.min(self.sent + limit))',
        replace:
          'self.keep_alive.filter(|_| self.ping.is_none()).map_or(silence, |limit| silence.min(self.sent + limit))',
      },
    ],
    check: { cargo: 'session::model', says: /link \d+ said nothing for/ },
  },
  {
    name: 'a lost wake',
    edits: [
      {
        file: 'src/session/mailbox.rs',
        find: 'self.signalled.store(false, Ordering::Release);',
        replace: '',
      },
    ],
    check: {
      cargo: 'session::model',
      says: /has not ended in time|never told|not delivered by a good gateway|not told/,
    },
  },
  {
    name: 'a panic in the core is a loss like others to the app',
    outcome: 'passes',
    edits: [
      {
        file: 'src/session/ledger.rs',
        find: 'let Outgoing { id, topic, payload, qos } = outgoing;',
        replace:
          'let Outgoing { id, topic, payload, qos } = outgoing; assert!(!topic.contains("panic=planted"), "planted");',
      },
    ],
    check: { node: '__test__/planted/panic.js', says: /^# pass 2$/m },
  },
  {
    name: 'an answer that later ones have passed is waited for for ever',
    edits: [
      {
        file: 'src/session/online.rs',
        find: 'matches!(self.mode, Mode::Open) && !paused',
        replace: 'false && !paused',
      },
    ],
    check: {
      cargo: 'session::model',
      says: /\d+ is not answered, later ones are, and the connection stands/,
    },
  },
  {
    name: 'a machine that slept asks nobody',
    edits: [
      {
        file: 'src/session/books.rs',
        find: 'Command::Doubt => self.doubts = true',
        replace: 'Command::Doubt => {}',
      },
    ],
    check: { cargo: 'session::model', says: /link \d+ is silent after a doubt and stands/ },
  },
  {
    name: 'a short keep-alive does not bound the silence',
    edits: [
      {
        file: 'src/session/liveness.rs',
        find: 'dead_after.min(in_all - ping_after)',
        replace: 'dead_after.max(in_all - in_all)',
      },
    ],
    check: { cargo: 'session::model', says: /link \d+ is silent and stands/ },
  },
];

module.exports = { FAULTS };
