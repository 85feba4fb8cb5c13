/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The protocol's version and limits; docs/protocol.md is its text. */

#define YIHU_PROTOCOL_VERSION 1
#define YIHU_PROTOCOL_PATH "/v1"
#define YIHU_SNAPSHOT_SCHEMA 5 /* of the console's file, see snapshot/ */
#define YIHU_SNAPSHOT_CONTENT_TYPE "application/zstd"
#define YIHU_PROTOCOL_MAX_BATCH 500 /* events in one frame */
#define YIHU_PROTOCOL_MAX_FRAME (64 * 1024)
#define YIHU_IDEMPOTENCY_DAYS 30
#define YIHU_FEED_DAYS 14
