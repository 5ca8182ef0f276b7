// @ts-check
'use strict';

const { judgeSend } = require('../judgement/send');

const BODY = JSON.stringify({ doctor: true });

/** Contract edge-gateway.md §10.2, row 22. @type {import('../steps').Step<'send'>} */
module.exports = {
  name: 'send',
  title: 'Message',
  skip: ({ connect }, { settings }) => {
    if (connect?.outcome !== 'accepted') return 'there is no connection';
    return settings.send ? undefined : 'not asked for';
  },
  gather: ({ limits, visit }) => /** @type {import('../visit').Visit} */ (visit).send(BODY, limits.sendMs),
  judge: judgeSend,
};
