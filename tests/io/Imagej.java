// What ImageJ itself makes of files, for imagej_reader_test.cpp.
//   java -cp ij.jar Imagej.java read RoiSet.zip     prints every ROI of the file
//   java -cp ij.jar Imagej.java draw RoiSet.zip     writes ROIs that ImageJ drew, and prints them
//   java -cp ij.jar Imagej.java stack FILE.tif      prints a stack
// A line a ROI: name, time point, position in the stack, and `y x length` of every run.
// Of a stack a line of width, height, slices, frames, bits, pixel width, pixel height, unit, frame
// interval and its unit; then one of samples for every image.
import ij.ImagePlus;
import ij.gui.*;
import ij.io.*;
import ij.measure.Calibration;
import ij.process.ImageProcessor;
import java.awt.Rectangle;
import java.io.*;
import java.util.zip.*;

public class Imagej {
  static void print(Roi roi) {
    StringBuilder line = new StringBuilder(
        roi.getName() + "\t" + roi.getTPosition() + "\t" + roi.getPosition() + "\t");
    Rectangle bounds = roi.getBounds();
    ImageProcessor mask = roi.getMask();  // null for a rectangle
    for (int y = 0; y < bounds.height; y++) {
      int begin = -1;
      for (int x = 0; x <= bounds.width; x++) {
        boolean inside = x < bounds.width && (mask == null || mask.get(x, y) != 0);
        if (inside && begin < 0) begin = x;
        if (!inside && begin >= 0) {
          line.append((bounds.y + y) + " " + (bounds.x + begin) + " " + (x - begin) + " ");
          begin = -1;
        }
      }
    }
    System.out.println(line);
  }

  static void read(String path) throws IOException {
    ZipInputStream zip = new ZipInputStream(new FileInputStream(path));
    for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
      print(new RoiDecoder(zip.readAllBytes(), entry.getName()).getRoi());
    }
  }

  static void draw(String path) throws IOException {
    Roi ring = new ShapeRoi(new OvalRoi(20, 30, 40, 40)).not(new ShapeRoi(new OvalRoi(30, 40, 15, 15)));
    Roi pieces = new ShapeRoi(new Roi(2, 3, 10, 12)).or(new ShapeRoi(new Roi(30, 3, 5, 9)));
    Roi[] rois = {
        new Roi(7, 9, 30, 20), new OvalRoi(3, 4, 20, 30), new OvalRoi(10, 10, 33, 33),
        new OvalRoi(5, 6, 1, 7), new OvalRoi(5, 6, 8, 8),
        new PolygonRoi(new int[] {5, 40, 33, 9}, new int[] {6, 11, 44, 30}, 4, Roi.POLYGON),
        new PolygonRoi(new float[] {5.3f, 40.7f, 33.2f, 9.9f}, new float[] {6.1f, 11.5f, 44.4f, 30.6f}, 4,
                       Roi.POLYGON),
        new PolygonRoi(new int[] {0, 50, 0, 50}, new int[] {0, 50, 50, 0}, 4, Roi.FREEROI),
        new EllipseRoi(10, 10, 60, 40, 0.4), new RotatedRectRoi(10, 10, 60, 40, 15), pieces, ring};
    ZipOutputStream zip = new ZipOutputStream(new FileOutputStream(path));
    for (int i = 0; i < rois.length; i++) {
      String name = i + "-" + rois[i].getTypeAsString();
      rois[i].setName(name);
      rois[i].setPosition(0, 0, i + 1);
      zip.putNextEntry(new ZipEntry(name + ".roi"));
      byte[] bytes = RoiEncoder.saveAsByteArray(rois[i]);
      zip.write(bytes);
      print(new RoiDecoder(bytes, name).getRoi());
    }
    zip.close();
  }

  static void stack(String path) {
    ImagePlus image = new Opener().openImage(path);
    Calibration scale = image.getCalibration();
    System.out.println(image.getWidth() + " " + image.getHeight() + " " + image.getNSlices() + " "
        + image.getNFrames() + " " + image.getBitDepth() + " " + (float) scale.pixelWidth + " "
        + (float) scale.pixelHeight + " " + scale.getUnit() + " " + (float) scale.frameInterval + " "
        + scale.getTimeUnit());
    for (int i = 1; i <= image.getStackSize(); i++) {
      ImageProcessor samples = image.getStack().getProcessor(i);
      StringBuilder line = new StringBuilder();
      for (int at = 0; at < samples.getPixelCount(); at++) line.append((int) samples.getf(at) + " ");
      System.out.println(line);
    }
  }

  public static void main(String[] arguments) throws IOException {
    System.setProperty("java.awt.headless", "true");
    switch (arguments[0]) {
      case "read": read(arguments[1]); break;
      case "draw": draw(arguments[1]); break;
      default: stack(arguments[1]);
    }
  }
}
