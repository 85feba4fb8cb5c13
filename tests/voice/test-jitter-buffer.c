/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Every sample has its own value, so each frame says exactly where it came from. */

#include "voice/room/jitter-buffer.h"

typedef struct
{
  YihuJitterBuffer *buffer;
  guint32 base; /* timestamp of sample 0 */
} Fixture;

static gint16
value_of (guint sample)
{
  return (gint16) (sample % 30011 + 1);
}

static gboolean
put (Fixture *f, guint first, guint n)
{
  gint16 samples[1024];

  for (guint i = 0; i < n; i++)
    samples[i] = value_of (first + i);
  return yihu_jitter_buffer_put (f->buffer, f->base + first, samples, n);
}

static void
assert_frame (Fixture *f, guint first)
{
  gint16 frame[YIHU_FRAME_SAMPLES];

  g_assert_cmpint (yihu_jitter_buffer_pull (f->buffer, frame), ==, YIHU_JITTER_FRAME);
  for (guint i = 0; i < YIHU_FRAME_SAMPLES; i++)
    g_assert_cmpint (frame[i], ==, value_of (first + i));
}

static void
assert_result (Fixture *f, YihuJitterResult expected)
{
  gint16 frame[YIHU_FRAME_SAMPLES];

  g_assert_cmpint (yihu_jitter_buffer_pull (f->buffer, frame), ==, expected);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->buffer = yihu_jitter_buffer_new ();
  f->base = GPOINTER_TO_UINT (data);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  yihu_jitter_buffer_free (f->buffer);
}

static void
test_in_order (Fixture *f, gconstpointer data)
{
  put (f, 0, 160);
  assert_result (f, YIHU_JITTER_EMPTY); /* 40 ms are needed to begin */
  put (f, 160, 160);
  for (guint n = 0; n < 1000; n++)
    {
      assert_frame (f, n * 160);
      put (f, (n + 2) * 160, 160);
    }
  g_assert_cmpuint (yihu_jitter_buffer_get_depth (f->buffer), ==, 320);
}

static void
test_packet_sizes (Fixture *f, gconstpointer data)
{
  static const guint sizes[] = { 80, 160, 240, 320, 480 };

  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      guint written = 0;

      yihu_jitter_buffer_reset (f->buffer);
      for (guint n = 0; n < 60; n++)
        {
          while (written < n * 160 + 480)
            {
              g_assert_true (put (f, written, sizes[s]));
              written += sizes[s];
            }
          assert_frame (f, n * 160);
        }
    }
}

static void
test_reorder_and_duplicates (Fixture *f, gconstpointer data)
{
  put (f, 160, 160);
  put (f, 0, 160); /* before play-out an earlier one moves the beginning */
  put (f, 0, 160);
  assert_frame (f, 0);
  put (f, 480, 160);
  put (f, 320, 160);
  put (f, 480, 160);
  g_assert_cmpuint (yihu_jitter_buffer_get_depth (f->buffer), ==, 480);
  g_assert_false (put (f, 0, 160)); /* played already */
  for (guint n = 1; n < 4; n++)
    assert_frame (f, n * 160);
  assert_result (f, YIHU_JITTER_EMPTY);
  g_assert_false (put (f, 480, 160)); /* nor after it ran empty */
  assert_result (f, YIHU_JITTER_EMPTY);
}

static void
test_loss (Fixture *f, gconstpointer data)
{
  for (guint n = 0; n < 5; n++)
    if (n != 2)
      put (f, n * 160, 160);
  assert_frame (f, 0);
  assert_frame (f, 160);
  assert_result (f, YIHU_JITTER_LOST);
  g_assert_false (put (f, 320, 160)); /* it came, but too late */
  assert_frame (f, 480);
  assert_frame (f, 640);
  assert_result (f, YIHU_JITTER_EMPTY);
}

/* A pause of the sender: time stands still, and then begins with the first new sample. */
static void
test_pause (Fixture *f, gconstpointer data)
{
  put (f, 0, 320);
  assert_frame (f, 0);
  assert_frame (f, 160);
  for (guint n = 0; n < 10; n++)
    assert_result (f, YIHU_JITTER_EMPTY);
  put (f, 1920, 160);
  assert_result (f, YIHU_JITTER_EMPTY);
  put (f, 2080, 160);
  assert_frame (f, 1920);
  assert_frame (f, 2080);
}

static void
test_restart (Fixture *f, gconstpointer data)
{
  put (f, 0, 320);
  assert_frame (f, 0);
  f->base += 1000000; /* somebody else's clock */
  put (f, 0, 160);
  put (f, 160, 160);
  assert_frame (f, 0);
  f->base -= 500000;
  put (f, 0, 160);
  put (f, 160, 160);
  assert_frame (f, 0);
}

/* A burst after a jam: the delay goes back to normal by leaving out frames, one a second. */
static void
test_delay_goes_back (Fixture *f, gconstpointer data)
{
  guint written = 0;
  gint16 frame[YIHU_FRAME_SAMPLES];

  for (; written < 1600; written += 160)
    put (f, written, 160);
  for (guint n = 0; n < 50 * 12; n++, written += 160)
    {
      g_assert_cmpint (yihu_jitter_buffer_pull (f->buffer, frame), ==, YIHU_JITTER_FRAME);
      put (f, written, 160);
    }
  g_assert_cmpuint (yihu_jitter_buffer_get_depth (f->buffer), <=, 640);
  g_assert_cmpuint (yihu_jitter_buffer_get_depth (f->buffer), >=, 320);
}

static void
test_nonsense (Fixture *f, gconstpointer data)
{
  gint16 samples[2] = { 0, 0 };

  g_assert_false (yihu_jitter_buffer_put (f->buffer, 0, samples, 0));
  g_assert_false (yihu_jitter_buffer_put (f->buffer, 0, samples, YIHU_JITTER_SAMPLES));
  assert_result (f, YIHU_JITTER_EMPTY);
}

/* Whatever comes: a frame holds only samples that were put at their place, and depth agrees. */
static void
test_random (Fixture *f, gconstpointer data)
{
  for (guint n = 0; n < 200000; n++)
    {
      gint16 frame[YIHU_FRAME_SAMPLES];

      if (g_test_rand_int_range (0, 3) > 0)
        put (f, (guint) g_test_rand_int_range (0, 40) * 80 + n / 50 * 80,
             (guint) g_test_rand_int_range (1, 12) * 40);
      else
        yihu_jitter_buffer_pull (f->buffer, frame);
      if (n % 5000 == 0)
        f->base += (guint) g_test_rand_int ();
      g_assert_cmpuint (yihu_jitter_buffer_get_depth (f->buffer), <=, YIHU_JITTER_SAMPLES);
    }
  for (guint n = 0; n < 100; n++)
    {
      gint16 frame[YIHU_FRAME_SAMPLES];
      yihu_jitter_buffer_pull (f->buffer, frame);
    }
  g_assert_cmpuint (yihu_jitter_buffer_get_depth (f->buffer), <, YIHU_JITTER_PRIME);
}

static void
add_twice (const char *name, void (*func) (Fixture *f, gconstpointer data))
{
  g_autofree char *plain = g_strdup_printf ("/voice/jitter-buffer/%s", name);
  g_autofree char *wrap = g_strdup_printf ("/voice/jitter-buffer/%s/wrap", name);

  g_test_add (plain, Fixture, GUINT_TO_POINTER (0), set_up, func, tear_down);
  g_test_add (wrap, Fixture, GUINT_TO_POINTER (0xffffffffu - 400), set_up, func, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_twice ("in-order", test_in_order);
  add_twice ("packet-sizes", test_packet_sizes);
  add_twice ("reorder-and-duplicates", test_reorder_and_duplicates);
  add_twice ("loss", test_loss);
  add_twice ("pause", test_pause);
  add_twice ("restart", test_restart);
  add_twice ("delay-goes-back", test_delay_goes_back);
  add_twice ("nonsense", test_nonsense);
  add_twice ("random", test_random);
  return g_test_run ();
}
